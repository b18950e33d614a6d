// absent and absent_over_time: 1 where there is nothing, labelled by what was asked for.
#include <algorithm>

#include "query/engine/functions.h"

namespace sluice::query {

namespace {

const std::vector<LabelMatcher>* matchers_of(const Expr& expr) {
  if (const auto* selector = std::get_if<VectorSelector>(&expr.node)) return &selector->matchers;
  if (const auto* matrix = std::get_if<MatrixSelector>(&expr.node))
    return &matrix->selector.matchers;
  return nullptr;
}

// The labels an absent series would have had: those asked for by exactly one `=` matcher.
LabelSet expected_labels(const Expr& expr) {
  LabelSet labels;
  const auto* matchers = matchers_of(strip_parens(expr));
  if (!matchers) return labels;
  for (const LabelMatcher& matcher : *matchers) {
    if (matcher.name() == metric_name_label || matcher.op() != MatchOp::equal) continue;
    const auto same = std::count_if(
        matchers->begin(), matchers->end(),
        [&](const LabelMatcher& other) { return other.name() == matcher.name(); });
    if (same == 1) labels.set(matcher.name(), matcher.value());
  }
  return labels;
}

EvalValue where_missing(const Expr& argument, const std::vector<bool>& seen) {
  GridSeries series{expected_labels(argument), std::vector<double>(seen.size(), absent_value)};
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (!seen[i]) series.values[i] = 1;
  GridVector vector;
  vector.push_back(std::move(series));
  drop_empty(vector);
  return vector;
}

Result<EvalValue> absent(const FunctionCall& call) {
  std::vector<bool> seen(call.grid.steps, false);
  SLUICE_CHECK(call.evaluator.stream(call.argument(0), call.grid,
                                     [&](GridSeries&& series) -> Result<void> {
                                       for (std::size_t i = 0; i < seen.size(); ++i)
                                         if (!is_absent(series.values[i])) seen[i] = true;
                                       return {};
                                     }));
  return where_missing(call.argument(0), seen);
}

Result<EvalValue> absent_over_time(const FunctionCall& call) {
  std::vector<bool> seen(call.grid.steps, false);
  SLUICE_TRY(const Windows windows,
             call.evaluator.range_windows(call.argument(0), call.grid));
  SLUICE_CHECK(call.evaluator.stream_ranges(
      call.argument(0), call.grid, [&](const RangeSeries& series) -> Result<void> {
        WindowSlider slider(series.samples);
        for (std::size_t i = 0; i < seen.size(); ++i)
          if (!slider.slide(windows.start_of(i), windows.end_of(i)).empty()) seen[i] = true;
        return {};
      }));
  return where_missing(call.argument(0), seen);
}

}  // namespace

std::vector<Function> absent_functions() {
  const auto vector = ValueType::instant_vector;
  return {Function{"absent", vector, {vector}, 0, absent},
          Function{"absent_over_time", vector, {ValueType::range_vector}, 0, absent_over_time}};
}

}  // namespace sluice::query
