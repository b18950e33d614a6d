// When results lose the name of their metric: at each function, or at the end of the evaluation.
#include <algorithm>

#include "query/engine/evaluator.h"

namespace sluice::query {

namespace {

bool has_identity(const LabelSet& labels) {
  return std::any_of(labels.begin(), labels.end(),
                     [](const Label& label) { return is_metric_identity(label.name); });
}

}  // namespace

void Evaluator::drop_name(GridSeries& series) const {
  if (options_.delayed_name_removal)
    series.drops_name = has_identity(series.labels);
  else
    erase_metric_identity(series.labels);
}

Result<void> Evaluator::drop_names(GridVector& vector) const {
  for (GridSeries& series : vector) drop_name(series);
  return merge_same_labels(vector);
}

Result<void> finish_names(GridVector& vector) {
  bool any = false;
  for (GridSeries& series : vector) {
    if (!series.drops_name) continue;
    erase_metric_identity(series.labels);
    series.drops_name = false;
    any = true;
  }
  return any ? merge_same_labels(vector) : Result<void>();
}

}  // namespace sluice::query
