// Vector matching: which series of one side meet which of the other, step by step.
//
// Series are grouped by match key once; within a key the presence of samples decides at each step,
// so two series of one key may take turns over time and only clash where both have a sample.
#include <algorithm>
#include <unordered_map>

#include "query/engine/binary.h"

namespace sluice::query {

namespace {

bool listed(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool takes_part(const Label& label, const VectorMatching& matching) {
  if (matching.on) return listed(matching.labels, label.name);
  return !is_metric_identity(label.name) && !listed(matching.labels, label.name);
}

const std::vector<std::size_t> no_series;

using Index = std::unordered_map<std::string, std::vector<std::size_t>>;

Index index_by_key(const GridVector& vector, const VectorMatching& matching) {
  Index index;
  for (std::size_t i = 0; i < vector.size(); ++i)
    index[match_key(vector[i].labels, matching)].push_back(i);
  return index;
}

// Matches one pair of vectors. "many" is the side whose series may share a partner; for one-to-one
// that is the left side, and sharing is an error.
class Matcher {
 public:
  Matcher(const Arithmetic& arithmetic, const VectorMatching& matching, const GridVector& lhs,
          const GridVector& rhs, HistogramArithmetic& notes, const Evaluator& evaluator)
      : arithmetic_(arithmetic),
        matching_(matching),
        swapped_(matching.card == VectorMatching::Card::one_to_many),
        many_(swapped_ ? rhs : lhs),
        one_(swapped_ ? lhs : rhs),
        fill_many_(matching.fill_left),
        fill_one_(matching.fill_right),
        steps_(steps_of(lhs, rhs)),
        notes_(notes),
        evaluator_(evaluator) {
    many_present_.assign(steps_, fill_many_.has_value());
    for (const GridSeries& series : many_)
      for (std::size_t step = 0; step < steps_; ++step)
        if (!is_absent(series.values[step])) many_present_[step] = true;
  }

  Result<GridVector> run(Evaluator& evaluator) {
    Index one_index = index_by_key(one_, matching_);
    Index many_index = index_by_key(many_, matching_);
    // In the order of the many side, so that results come in a stable order.
    for (const GridSeries& series : many_) {
      const auto many = many_index.find(match_key(series.labels, matching_));
      if (many == many_index.end()) continue;
      const auto one = one_index.find(many->first);
      const bool found = one != one_index.end();
      if (found || fill_one_)
        SLUICE_CHECK(match_group(many->second, found ? one->second : no_series));
      if (found) one_index.erase(one);
      many_index.erase(many);
      SLUICE_CHECK(evaluator.context().check());
    }
    // Groups nobody meets must be unique all the same.
    for (const auto& [key, ones] : one_index) {
      if (fill_many_) {
        SLUICE_CHECK(match_group(no_series, ones));
      } else if (auto alone = partners(ones); !alone) {
        return std::move(alone).error();
      }
    }
    drop_empty(result_);
    SLUICE_CHECK(merge_same_labels(result_));
    return std::move(result_);
  }

 private:
  static std::size_t steps_of(const GridVector& a, const GridVector& b) {
    const GridVector& any = a.empty() ? b : a;
    return any.empty() ? 0 : any.front().values.size();
  }
  bool one_to_one() const { return matching_.card == VectorMatching::Card::one_to_one; }

  // Which series of the one side is present at each step; Error if two are.
  Result<std::vector<std::size_t>> partners(const std::vector<std::size_t>& ones) const {
    std::vector<std::size_t> partner(steps_, none);
    for (const std::size_t index : ones)
      for (std::size_t step = 0; step < steps_; ++step) {
        if (is_absent(one_[index].values[step])) continue;
        // Where the other side has nothing at all, nothing is matched.
        if (partner[step] != none && many_present_[step]) return duplicates(index, partner[step]);
        partner[step] = index;
      }
    return partner;
  }

  Error duplicates(std::size_t index, std::size_t other) const {
    const LabelSet group = match_labels(one_[index].labels, matching_);
    return execution_error("found duplicate series for the match group " + group.to_string() +
                           " on the " + (swapped_ ? "left" : "right") +
                           " hand-side of the operation: [" + one_[index].labels.to_string() +
                           ", " + one_[other].labels.to_string() +
                           "];many-to-many matching not allowed: matching labels must be unique "
                           "on one side");
  }

  Result<void> match_group(const std::vector<std::size_t>& manys,
                           const std::vector<std::size_t>& ones) {
    SLUICE_TRY(const auto partner, partners(ones));
    GridVector group;
    std::vector<bool> taken(one_to_one() ? steps_ : 0, false);
    for (const std::size_t many : manys)
      SLUICE_CHECK(match_series(many, ones, partner, taken, group));
    if (fill_one_)
      for (const std::size_t many : manys) SLUICE_CHECK(fill_partner(many, partner, taken, group));
    if (fill_many_) fill_many_side(manys, ones, partner, group);
    SLUICE_CHECK(merge_same_labels(
        group, "multiple matches for labels: grouping labels must ensure unique matches"));
    for (GridSeries& series : group) result_.push_back(std::move(series));
    return {};
  }

  // One series of the many side against its partners; one result per distinct label set.
  Result<void> match_series(std::size_t many, const std::vector<std::size_t>& ones,
                            const std::vector<std::size_t>& partner, std::vector<bool>& taken,
                            GridVector& group) {
    for (const std::size_t one : ones) {
      GridSeries out = result_of(many_[many], one_[one]);
      bool any = false;
      for (std::size_t step = 0; step < steps_; ++step) {
        if (partner[step] != one || is_absent(many_[many].values[step])) continue;
        const double value = combine(operand(many_[many], step), operand(one_[one], step), out);
        if (is_absent(value)) continue;
        if (one_to_one()) SLUICE_CHECK(take(taken, step));
        out.values[step] = value;
        any = true;
      }
      if (any) group.push_back(std::move(out));
    }
    return {};
  }

  // Steps at which a series of the many side has nobody to meet.
  Result<void> fill_partner(std::size_t many, const std::vector<std::size_t>& partner,
                            std::vector<bool>& taken, GridVector& group) {
    GridSeries out = result_of(many_[many], GridSeries{});
    for (std::size_t step = 0; step < steps_; ++step) {
      if (partner[step] != none || is_absent(many_[many].values[step])) continue;
      out.values[step] = combine(operand(many_[many], step), Operand{*fill_one_}, out);
      if (one_to_one() && !is_absent(out.values[step])) SLUICE_CHECK(take(taken, step));
    }
    group.push_back(std::move(out));
    return {};
  }

  // Steps at which the one side is there and no series of the many side is.
  void fill_many_side(const std::vector<std::size_t>& manys, const std::vector<std::size_t>& ones,
                      const std::vector<std::size_t>& partner, GridVector& group) {
    for (const std::size_t one : ones) {
      GridSeries out{match_labels(one_[one].labels, matching_),
                     std::vector<double>(steps_, absent_value),
                     {},
                     one_[one].drops_name};
      for (std::size_t step = 0; step < steps_; ++step) {
        const bool met = std::any_of(manys.begin(), manys.end(), [&](std::size_t many) {
          return !is_absent(many_[many].values[step]);
        });
        if (partner[step] != one || met) continue;
        out.values[step] = combine(Operand{*fill_many_}, operand(one_[one], step), out);
      }
      group.push_back(std::move(out));
    }
  }

  static Result<void> take(std::vector<bool>& taken, std::size_t step) {
    if (taken[step])
      return execution_error(
          "multiple matches for labels: many-to-one matching must be explicit "
          "(group_left/group_right)");
    taken[step] = true;
    return {};
  }

  static Operand operand(const GridSeries& series, std::size_t step) {
    return {series.values[step], series.histogram(series.values[step])};
  }

  double combine(const Operand& many, const Operand& one, GridSeries& out) const {
    const Operand& left = swapped_ ? one : many;
    const Operand& right = swapped_ ? many : one;
    if (left.histogram || right.histogram || is_trim(arithmetic_.op))
      return apply_to_histograms(arithmetic_, left, right, out, notes_);
    return arithmetic_.apply(left.value, right.value);
  }

  // The result of two series, without values. What is computed of two metrics has the name of
  // neither, also where removal is delayed.
  GridSeries result_of(const GridSeries& many, const GridSeries& one) const {
    GridSeries out{many.labels, std::vector<double>(steps_, absent_value), {}, many.drops_name};
    if (arithmetic_.computes()) {
      erase_metric_identity(out.labels);
      out.drops_name = false;
    } else if (arithmetic_.return_bool) {
      evaluator_.drop_name(out);
    }
    if (one_to_one()) {
      for (const Label& label : many.labels)
        if (matching_.on != listed(matching_.labels, label.name)) out.labels.erase(label.name);
    }
    for (const std::string& name : matching_.include) out.labels.set(name, one.labels.get(name));
    if (listed(matching_.include, std::string(metric_name_label))) out.drops_name = one.drops_name;
    return out;
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  const Arithmetic& arithmetic_;
  const VectorMatching& matching_;
  bool swapped_;
  const GridVector& many_;
  const GridVector& one_;
  std::optional<double> fill_many_;
  std::optional<double> fill_one_;
  std::size_t steps_;
  HistogramArithmetic& notes_;
  const Evaluator& evaluator_;
  std::vector<bool> many_present_;  // at each step, whether any of its series is
  GridVector result_;
};

}  // namespace

std::string match_key(const LabelSet& labels, const VectorMatching& matching) {
  std::string key;
  for (const Label& label : labels) {
    if (!takes_part(label, matching)) continue;
    // Lengths first: no two label sets share a key, whatever bytes they hold.
    key += std::to_string(label.name.size()) + ':' + label.name;
    key += std::to_string(label.value.size()) + ':' + label.value;
  }
  return key;
}

LabelSet match_labels(const LabelSet& labels, const VectorMatching& matching) {
  std::vector<Label> kept;
  for (const Label& label : labels)
    if (takes_part(label, matching)) kept.push_back(label);
  return LabelSet::from(std::move(kept));
}

Result<GridVector> match_vectors(const Arithmetic& arithmetic, const VectorMatching& matching,
                                 const GridVector& lhs, const GridVector& rhs,
                                 HistogramArithmetic& notes, Evaluator& evaluator) {
  const bool filled = matching.fill_left || matching.fill_right;
  if ((lhs.empty() || rhs.empty()) && !filled) return GridVector{};
  return Matcher(arithmetic, matching, lhs, rhs, notes, evaluator).run(evaluator);
}

}  // namespace sluice::query
