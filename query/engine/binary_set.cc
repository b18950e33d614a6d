// and, or, unless: by match key and by presence at each step.
#include <unordered_map>

#include "query/engine/binary.h"

namespace sluice::query {

namespace {

// For each match key, the steps at which any series has a sample.
class Presence {
 public:
  Presence(const GridVector& vector, const VectorMatching& matching) {
    for (const GridSeries& series : vector) {
      auto& steps = steps_[match_key(series.labels, matching)];
      steps.resize(series.values.size(), false);
      for (std::size_t i = 0; i < series.values.size(); ++i)
        if (!is_absent(series.values[i])) steps[i] = true;
    }
  }
  const std::vector<bool>* find(const std::string& key) const {
    const auto found = steps_.find(key);
    return found == steps_.end() ? nullptr : &found->second;
  }

 private:
  std::unordered_map<std::string, std::vector<bool>> steps_;
};

// Keeps samples at steps where the other side is (or is not) present.
void keep_where(GridVector& vector, const Presence& other, bool present,
                const VectorMatching& matching) {
  for (GridSeries& series : vector) {
    const auto* steps = other.find(match_key(series.labels, matching));
    for (std::size_t i = 0; i < series.values.size(); ++i)
      if ((steps && (*steps)[i]) != present) series.values[i] = absent_value;
  }
  drop_empty(vector);
}

}  // namespace

Result<GridVector> combine_sets(BinaryOp op, const VectorMatching& matching, GridVector lhs,
                                GridVector rhs) {
  if (op == BinaryOp::or_) {
    keep_where(rhs, Presence(lhs, matching), false, matching);
    for (GridSeries& series : rhs) lhs.push_back(std::move(series));
    SLUICE_CHECK(merge_same_labels(lhs));
    return lhs;
  }
  keep_where(lhs, Presence(rhs, matching), op == BinaryOp::and_, matching);
  return lhs;
}

}  // namespace sluice::query
