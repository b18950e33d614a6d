#include "query/engine/aggregate.h"

#include <algorithm>
#include <array>
#include <deque>
#include <unordered_map>

#include "base/codec/json_writer.h"
#include "query/engine/histogram_notes.h"
#include "query/engine/sorting.h"

namespace sluice::query {

namespace {

struct Operator {
  std::string_view name;
  std::optional<ValueType> parameter;
};
constexpr std::array<Operator, 17> operators = {{
    {"sum", {}},
    {"avg", {}},
    {"min", {}},
    {"max", {}},
    {"count", {}},
    {"group", {}},
    {"stddev", {}},
    {"stdvar", {}},
    {"sort", {}},
    {"sort_desc", {}},
    {"topk", ValueType::scalar},
    {"bottomk", ValueType::scalar},
    {"limitk", ValueType::scalar},
    {"quantile", ValueType::scalar},
    {"approx_topk", ValueType::scalar},
    {"count_values", ValueType::string},
    {"limit_ratio", ValueType::scalar},
}};

const Operator* find_operator(std::string_view name) {
  const auto found = std::find_if(operators.begin(), operators.end(),
                                  [&](const Operator& op) { return op.name == name; });
  return found == operators.end() ? nullptr : &*found;
}

struct LabelHash {
  std::size_t operator()(const LabelSet& labels) const { return labels.hash(); }
};

void note_ignored(Evaluator& evaluator, const Aggregation& aggregation) {
  evaluator.info("ignored histogram in " + aggregation.op + " aggregation", aggregation.expr->span);
}

void note_fold(Evaluator& evaluator, const Aggregation& aggregation, const FoldNotes& notes) {
  const SourceSpan where = aggregation.expr->span;
  if (notes.ignored) note_ignored(evaluator, aggregation);
  if (notes.mixed)
    evaluator.warn("encountered a mix of histograms and floats for aggregation", where);
  if (notes.mixed_schemas)
    evaluator.warn(
        "vector contains a mix of histograms with exponential and custom buckets "
        "schemas",
        where);
  note_operation(evaluator, notes.operation, "aggregation", where);
}

// Operators that rank or interpolate know floats only.
void keep_floats(Evaluator& evaluator, const Aggregation& aggregation, GridVector& input) {
  const bool any = std::any_of(input.begin(), input.end(),
                               [](const GridSeries& series) { return !series.histograms.empty(); });
  if (!any) return;
  note_ignored(evaluator, aggregation);
  drop_histograms(input);
}

// One Fold per group; what is held is a column or two of each.
class Folds {
 public:
  Folds(const Aggregation& aggregation, const StepGrid& grid)
      : aggregation_(aggregation), steps_(grid.steps) {}

  Result<void> add(const GridSeries& series, Evaluator& evaluator) {
    SLUICE_TRY(Running* const group,
               find(group_labels(series.labels, aggregation_.grouping), evaluator));
    group->fold->add(series);
    group->drops_name |= series.drops_name;
    return {};
  }
  Result<void> merge(Folds& other, Evaluator& evaluator) {
    for (Running& from : other.groups_) {
      SLUICE_TRY(Running* const group, find(std::move(from.labels), evaluator));
      group->fold->merge(*from.fold);
      group->drops_name |= from.drops_name;
    }
    return {};
  }
  GridVector finish(FoldNotes& notes) {
    GridVector vector;
    vector.reserve(groups_.size());
    for (Running& group : groups_) {
      vector.push_back(group.fold->finish(notes));
      vector.back().labels = std::move(group.labels);
      vector.back().drops_name = group.drops_name;
    }
    return vector;
  }

 private:
  struct Running {
    LabelSet labels;
    std::unique_ptr<Fold> fold;
    bool drops_name = false;  // that of any of its series
  };
  Result<Running*> find(LabelSet labels, Evaluator& evaluator) {
    const auto [at, inserted] = index_.try_emplace(labels, groups_.size());
    if (inserted) {
      SLUICE_CHECK(evaluator.account(static_cast<std::int64_t>(2 * steps_ * sizeof(double) + 256)));
      groups_.push_back({std::move(labels), make_fold(aggregation_.op, steps_)});
    }
    return &groups_[at->second];
  }

  const Aggregation& aggregation_;
  const std::size_t steps_;
  std::unordered_map<LabelSet, std::size_t, LabelHash> index_;
  std::vector<Running> groups_;
};

// Streams the input into the groups, in parts that are joined in the end.
Result<EvalValue> fold(Evaluator& evaluator, const Aggregation& aggregation, const StepGrid& grid) {
  std::deque<Folds> parts;
  SLUICE_CHECK(evaluator.stream_parts(
      *aggregation.expr, grid, [&](std::size_t, Evaluator& reader) -> SeriesSink {
        Folds& part = parts.emplace_back(aggregation, grid);
        return [&part, &reader](GridSeries&& series) { return part.add(series, reader); };
      }));
  for (std::size_t i = 1; i < parts.size(); ++i)
    SLUICE_CHECK(parts.front().merge(parts[i], evaluator));
  FoldNotes notes;
  GridVector vector = parts.front().finish(notes);
  note_fold(evaluator, aggregation, notes);
  drop_empty(vector);
  return EvalValue{std::move(vector)};
}

void warn_bad_quantile(Evaluator& evaluator, const Aggregation& aggregation,
                       const ScalarColumn& phi) {
  for (const double q : phi) {
    if (q >= 0 && q <= 1) continue;
    return evaluator.warn("quantile value should be between 0 and 1, got " + format_sample_value(q),
                          aggregation.parameter->span);
  }
}

// How many of the greatest values of all series matter; 0: others may, too.
std::size_t greatest_of(const Aggregation& aggregation) {
  if ((aggregation.op != "topk" && aggregation.op != "approx_topk") || aggregation.grouping ||
      !aggregation.parameter)
    return 0;
  const auto* k = std::get_if<NumberLiteral>(&strip_parens(*aggregation.parameter).node);
  return k != nullptr && k->value >= 1 && k->value <= 1e6 ? static_cast<std::size_t>(k->value) : 0;
}

// The ratio furthest beyond each bound.
void warn_bad_ratio(Evaluator& evaluator, const Aggregation& aggregation,
                    const ScalarColumn& ratios) {
  if (ratios.empty()) return;
  const auto [least, greatest] = std::minmax_element(ratios.begin(), ratios.end());
  const auto warn = [&](double ratio, std::string_view cap) {
    evaluator.warn("ratio value should be between -1 and 1, got " + format_sample_value(ratio) +
                       ", capping to " + std::string(cap),
                   aggregation.parameter->span);
  };
  if (*greatest > 1) warn(*greatest, "1");
  if (*least < -1) warn(*least, "-1");
}

Result<EvalValue> select(Evaluator& evaluator, const Aggregation& aggregation, GridVector input,
                         const StepGrid& grid) {
  SLUICE_TRY(const auto parameter, evaluator.eval_scalar(*aggregation.parameter, grid));
  if (!aggregation.op.starts_with("limit")) keep_floats(evaluator, aggregation, input);
  if (aggregation.op == "quantile") {
    warn_bad_quantile(evaluator, aggregation, parameter);
    return EvalValue{aggregate_quantile(input, aggregation, parameter)};
  }
  if (aggregation.op == "limit_ratio") warn_bad_ratio(evaluator, aggregation, parameter);
  SLUICE_TRY(auto chosen, aggregate_rank(std::move(input), aggregation, parameter, grid));
  return EvalValue{std::move(chosen)};
}

}  // namespace

bool is_aggregation(std::string_view op) {
  return find_operator(op) != nullptr;
}

std::optional<ValueType> aggregation_parameter(std::string_view op) {
  const Operator* found = find_operator(op);
  return found ? found->parameter : std::nullopt;
}

LabelSet group_labels(const LabelSet& labels, const std::optional<Grouping>& grouping) {
  if (!grouping) return {};
  const auto named = [&](const Label& label) {
    return std::find(grouping->labels.begin(), grouping->labels.end(), label.name) !=
           grouping->labels.end();
  };
  std::vector<Label> kept;
  for (const Label& label : labels) {
    const bool keep =
        grouping->without ? label.name != metric_name_label && !named(label) : named(label);
    if (keep) kept.push_back(label);
  }
  return LabelSet::from(std::move(kept));
}

std::vector<Group> group_series(const GridVector& input, const std::optional<Grouping>& grouping) {
  std::unordered_map<LabelSet, std::size_t, LabelHash> index;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < input.size(); ++i) {
    LabelSet labels = group_labels(input[i].labels, grouping);
    const auto [at, inserted] = index.try_emplace(labels, groups.size());
    if (inserted) groups.push_back({std::move(labels), {}});
    groups[at->second].members.push_back(i);
    groups[at->second].drops_name |= input[i].drops_name;
  }
  return groups;
}

Result<EvalValue> eval_aggregation(Evaluator& evaluator, const Aggregation& aggregation,
                                   const StepGrid& grid) {
  if (make_fold(aggregation.op, 0)) return fold(evaluator, aggregation, grid);
  const std::size_t greatest = greatest_of(aggregation);
  SLUICE_TRY(auto input, greatest > 0 ? evaluator.eval_greatest(*aggregation.expr, grid, greatest)
                                      : evaluator.eval_vector(*aggregation.expr, grid));
  if (aggregation.op == "sort" || aggregation.op == "sort_desc") {
    sort_by_value(input, aggregation.op == "sort_desc");
    return EvalValue{std::move(input)};
  }
  if (!aggregation.parameter)
    return execution_error("aggregation \"" + aggregation.op + "\" needs a parameter");
  if (aggregation.op != "count_values")
    return select(evaluator, aggregation, std::move(input), grid);
  SLUICE_TRY(auto label, evaluator.eval(*aggregation.parameter, grid));
  SLUICE_TRY(auto counted,
             aggregate_count_values(evaluator, input, aggregation, std::get<std::string>(label)));
  return EvalValue{std::move(counted)};
}

}  // namespace sluice::query
