// info(v, {selector}): joins the labels of info series (target_info and its like) to the series of
// a vector, by the labels that identify a target. (Prometheus documentation, info().)
#include <algorithm>
#include <array>
#include <map>

#include "query/engine/functions.h"

namespace sluice::query {

namespace {

constexpr std::array<std::string_view, 2> identifying = {"instance", "job"};

bool identifies(std::string_view name) {
  return std::find(identifying.begin(), identifying.end(), name) != identifying.end();
}

// What tells targets apart; empty: nothing to join by.
LabelSet identity_of(const LabelSet& labels) {
  LabelSet identity;
  for (const auto name : identifying) identity.set(name, labels.get(name));
  return identity;
}

// Which info series are wanted, and which of their labels.
struct InfoSelector {
  std::vector<LabelMatcher> names;   // of __name__
  std::vector<LabelMatcher> labels;  // of the rest

  std::vector<LabelMatcher> all() const {
    auto matchers = names;
    matchers.insert(matchers.end(), labels.begin(), labels.end());
    return matchers;
  }
  bool wants(std::string_view name) const {
    return labels.empty() || std::any_of(labels.begin(), labels.end(), [&](const auto& matcher) {
             return matcher.name() == name;
           });
  }
  // Whether a series without any info series stays as it is.
  bool content_without() const {
    return std::all_of(labels.begin(), labels.end(),
                       [](const LabelMatcher& matcher) { return matcher.matches_empty(); });
  }
};

bool positive(const LabelMatcher& matcher) {
  return matcher.op() == MatchOp::equal || matcher.op() == MatchOp::regex;
}

Result<InfoSelector> info_selector(const FunctionCall& call) {
  InfoSelector selector;
  if (call.size() > 1) {
    const auto* given = std::get_if<VectorSelector>(&call.argument(1).node);
    if (!given) return execution_error("expected a vector selector as the second argument of info");
    for (const LabelMatcher& matcher : given->matchers)
      (matcher.name() == metric_name_label ? selector.names : selector.labels).push_back(matcher);
  }
  if (std::none_of(selector.names.begin(), selector.names.end(), positive)) {
    const bool any = !selector.names.empty();
    SLUICE_TRY(auto matcher, LabelMatcher::make(std::string(metric_name_label),
                                                any ? MatchOp::regex : MatchOp::equal,
                                                any ? ".+_info" : "target_info"));
    selector.names.push_back(std::move(matcher));
  }
  return selector;
}

// The info series of one target under one name. At each step the one with the newest sample counts.
struct InfoFamily {
  std::vector<const GridSeries*> series;
  std::vector<const GridSeries*> times;  // of their samples
};
using Target = std::map<std::string, InfoFamily, std::less<>>;  // by metric name

class InfoJoin {
 public:
  InfoJoin(InfoSelector selector, std::size_t steps)
      : selector_(std::move(selector)), steps_(steps) {}

  Result<void> load(const FunctionCall& call) {
    VectorSelector wanted;
    wanted.matchers = selector_.all();
    Expr expr;
    expr.type = ValueType::instant_vector;
    SLUICE_TRY(times_, call.evaluator.eval_timestamps(wanted, call.grid));
    expr.node = std::move(wanted);
    SLUICE_TRY(series_, call.evaluator.eval_vector(expr, call.grid));
    std::map<LabelSet, const GridSeries*> times;
    for (const GridSeries& series : times_) times.emplace(series.labels, &series);
    for (const GridSeries& series : series_) {
      // A series that began between the two evaluations counts from the next query on.
      const auto time = times.find(series.labels);
      if (time == times.end()) continue;
      if (!series.histograms.empty())
        return execution_error("this should be an info metric, with float samples: " +
                               series.labels.to_string());
      const std::string name(series.labels.get(metric_name_label));
      InfoFamily& family = targets_[identity_of(series.labels)][name];
      family.series.push_back(&series);
      family.times.push_back(time->second);
    }
    return {};
  }

  Result<void> join(const GridSeries& base, GridVector& out) const {
    if (is_info(base.labels)) return out.push_back(base), Result<void>();
    const auto target = targets_.find(identity_of(base.labels));
    const bool known = target != targets_.end() && !target->first.empty();
    std::map<LabelSet, GridSeries> joined;
    for (std::size_t step = 0; step < steps_; ++step) {
      if (is_absent(base.values[step])) continue;
      SLUICE_TRY(const auto labels, labels_at(base, known ? &target->second : nullptr, step));
      if (!labels) continue;
      auto [at, inserted] = joined.try_emplace(*labels);
      if (inserted)
        at->second = {*labels, std::vector<double>(steps_, absent_value), {}, base.drops_name};
      at->second.values[step] = at->second.adopt(base.values[step], base.histograms);
    }
    for (auto& [labels, series] : joined) out.push_back(std::move(series));
    return {};
  }

 private:
  bool is_info(const LabelSet& labels) const { return matches_all(selector_.names, labels); }

  // The base series' labels with those of the info series; nullopt: the sample is dropped.
  Result<std::optional<LabelSet>> labels_at(const GridSeries& base, const Target* target,
                                            std::size_t step) const {
    LabelSet labels = base.labels;
    LabelSet added;
    bool found = false;
    if (target)
      for (const auto& [name, family] : *target) {
        SLUICE_TRY(const GridSeries* info, newest(family, step));
        if (!info) continue;
        found = true;
        SLUICE_CHECK(add_labels(info->labels, base.labels, added));
      }
    if (!found && !selector_.content_without()) return std::optional<LabelSet>();
    for (const Label& label : added) labels.set(label.name, label.value);
    return std::optional<LabelSet>(std::move(labels));
  }

  static Result<const GridSeries*> newest(const InfoFamily& family, std::size_t step) {
    const GridSeries* best = nullptr;
    double best_time = 0;
    for (std::size_t i = 0; i < family.series.size(); ++i) {
      const double time = family.times[i]->values[step];
      if (is_absent(time)) continue;
      if (best && time == best_time)
        return execution_error("found duplicate series for info metric " +
                               best->labels.to_string());
      if (best && time < best_time) continue;
      best = family.series[i];
      best_time = time;
    }
    return best;
  }

  Result<void> add_labels(const LabelSet& info, const LabelSet& base, LabelSet& added) const {
    for (const Label& label : info) {
      const bool own = is_metric_identity(label.name) || identifies(label.name);
      if (own || base.has(label.name) || !selector_.wants(label.name)) continue;
      if (added.has(label.name) && added.get(label.name) != label.value)
        return execution_error("conflicting label: " + label.name);
      added.set(label.name, label.value);
    }
    return {};
  }

  const InfoSelector selector_;
  const std::size_t steps_;
  GridVector series_;
  GridVector times_;
  std::map<LabelSet, Target> targets_;
};

Result<EvalValue> info(const FunctionCall& call) {
  SLUICE_TRY(auto selector, info_selector(call));
  SLUICE_TRY(const auto base, call.evaluator.eval_vector(call.argument(0), call.grid));
  InfoJoin join(std::move(selector), call.grid.steps);
  SLUICE_CHECK(join.load(call));
  GridVector out;
  for (const GridSeries& series : base) SLUICE_CHECK(join.join(series, out));
  SLUICE_CHECK(merge_same_labels(out));
  return EvalValue{std::move(out)};
}

}  // namespace

std::vector<Function> info_functions() {
  const auto vector = ValueType::instant_vector;
  return {Function{"info", vector, {vector, vector}, 1, info}};
}

}  // namespace sluice::query
