// The leaves: instant selectors, range selectors and subqueries, read from the sample source.
#include <algorithm>

#include "query/engine/evaluator.h"
#include "query/engine/extended_window.h"

namespace sluice::query {

namespace {

bool is_stale(const Sample& sample) {
  return is_absent(sample.value);
}

// The samples without stale markers; copies into `buffer` only if there are any.
std::span<const Sample> without_stale(std::span<const Sample> samples,
                                      std::vector<Sample>& buffer) {
  if (std::none_of(samples.begin(), samples.end(), is_stale)) return samples;
  buffer.clear();
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(buffer),
               [](const Sample& sample) { return !is_stale(sample); });
  return buffer;
}

double newest_value(std::span<const Sample> window, bool timestamps) {
  if (window.empty() || is_stale(window.back())) return absent_value;
  return timestamps ? static_cast<double>(window.back().timestamp_ms) / 1000 : window.back().value;
}

std::vector<double> newest_values(std::span<const Sample> samples, const Windows& windows,
                                  bool timestamps) {
  WindowSlider slider(samples);
  std::vector<double> values(windows.grid.steps);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = newest_value(slider.slide(windows.start_of(i), windows.end_of(i)), timestamps);
  return values;
}

// Floats only: there is nothing between two histograms.
std::vector<double> smoothed_values(std::span<const Sample> samples, const Windows& windows) {
  std::vector<Sample> floats;
  std::copy_if(samples.begin(), samples.end(), std::back_inserter(floats),
               [](const Sample& sample) { return is_number(sample.value); });
  WindowSlider slider(floats);
  std::vector<double> values(windows.grid.steps);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t at = windows.end_of(i);
    values[i] =
        smoothed_value(slider.slide(windows.start_of(i), saturating_add(at, windows.after_ms)), at);
  }
  return values;
}

// The grid a subquery's expression runs on: absolute multiples of its step, inside the windows.
Result<StepGrid> subquery_grid(const Windows& windows, std::int64_t step_ms) {
  const std::int64_t start = windows.start_of(0);
  const std::int64_t end = windows.last_ms();
  std::int64_t first = step_ms * (start / step_ms);
  if (first <= start) first = saturating_add(first, step_ms);
  if (first > end) return StepGrid{first, step_ms, 0};
  const std::int64_t steps = saturating_sub(end, first) / step_ms;
  if (steps >= 10'000'000) return execution_error("subquery has more than 10,000,000 steps");
  return StepGrid{first, step_ms, static_cast<std::size_t>(steps) + 1};
}

std::vector<Sample> present_samples(const GridSeries& series, const StepGrid& grid) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < grid.steps; ++i)
    if (!is_absent(series.values[i])) samples.push_back({grid.at(i), series.values[i]});
  return samples;
}

// Between the steps of a subquery samples are left out, so that "no reset since the sample before"
// says nothing any more.
void forget_hints(HistogramList& histograms) {
  for (HistogramPtr& histogram : histograms) {
    if (histogram->hint == CounterReset::gauge || histogram->hint == CounterReset::unknown)
      continue;
    NativeHistogram copy = *histogram;
    copy.hint = CounterReset::unknown;
    histogram = std::make_shared<const NativeHistogram>(std::move(copy));
  }
}

}  // namespace

Result<std::unique_ptr<SeriesCursor>> Evaluator::open_cursor(
    const std::vector<LabelMatcher>& matchers, const Windows& windows) {
  if (given_) return std::move(given_);
  const SampleSelect select{tenant_, matchers, windows.first_ms(), windows.last_ms()};
  return sources_.samples.select(select, context_);
}

Result<void> Evaluator::stream_selected(const std::vector<LabelMatcher>& matchers,
                                        const Windows& windows, const RangeSink& sink) {
  SLUICE_TRY(auto cursor, open_cursor(matchers, windows));
  while (true) {
    SLUICE_CHECK(context_.check());
    SLUICE_TRY(const SampleSeries* series, cursor->next());
    if (!series) return {};
    SLUICE_CHECK(count_samples(series->samples.size()));
    SLUICE_CHECK(sink(RangeSeries{series->labels, series->samples, series->histograms}));
  }
}

Result<Windows> Evaluator::selector_windows(const VectorSelector& selector,
                                            const StepGrid& grid) const {
  SLUICE_TRY(Windows windows,
             Windows::make(grid, options_.lookback_ms, selector.offset, selector.at, bounds_));
  if (selector.extension == Extension::smoothed) windows.after_ms = options_.lookback_ms;
  return windows;
}

Result<void> Evaluator::stream_selector(const VectorSelector& selector, const StepGrid& grid,
                                        bool timestamps, const SeriesSink& sink) {
  SLUICE_TRY(const Windows windows, selector_windows(selector, grid));
  const bool smoothed = selector.extension == Extension::smoothed && !timestamps;
  return stream_selected(selector.matchers, windows, [&](const RangeSeries& series) {
    std::vector<double> values = smoothed ? smoothed_values(series.samples, windows)
                                          : newest_values(series.samples, windows, timestamps);
    if (std::all_of(values.begin(), values.end(), is_absent)) return Result<void>{};
    return sink(GridSeries{series.labels, std::move(values), series.histograms});
  });
}

Result<GridVector> Evaluator::eval_timestamps(const VectorSelector& selector,
                                              const StepGrid& grid) {
  GridVector vector;
  SLUICE_CHECK(stream_selector(selector, grid, true, [&](GridSeries&& series) -> Result<void> {
    SLUICE_CHECK(account(bytes_of(series)));
    vector.push_back(std::move(series));
    return {};
  }));
  return vector;
}

Result<std::int64_t> Evaluator::length_of(const QueryDuration& length) const {
  SLUICE_TRY(const Duration resolved, length.resolve(bounds_.run()));
  const std::int64_t ms = to_milliseconds(resolved);
  if (ms < 1) return execution_error("duration must be greater than 0");
  return ms;
}

Result<Windows> Evaluator::range_windows(const Expr& expr, const StepGrid& grid) const {
  const Expr& inner = strip_parens(expr);
  if (const auto* matrix = std::get_if<MatrixSelector>(&inner.node)) {
    SLUICE_TRY(const std::int64_t range, length_of(matrix->range));
    SLUICE_TRY(Windows windows,
               Windows::make(grid, range, matrix->selector.offset, matrix->selector.at, bounds_));
    windows.extend(matrix->selector.extension, options_.lookback_ms);
    return windows;
  }
  if (const auto* subquery = std::get_if<Subquery>(&inner.node)) {
    SLUICE_TRY(const std::int64_t range, length_of(subquery->range));
    return Windows::make(grid, range, subquery->offset, subquery->at, bounds_);
  }
  return execution_error("expected a range vector");
}

Result<void> Evaluator::stream_ranges(const Expr& expr, const StepGrid& grid,
                                      const RangeSink& sink) {
  const Expr& inner = strip_parens(expr);
  if (const auto* subquery = std::get_if<Subquery>(&inner.node))
    return stream_subquery(*subquery, grid, sink);
  SLUICE_TRY(const Windows windows, range_windows(inner, grid));
  std::vector<Sample> buffer;
  const auto& matchers = std::get<MatrixSelector>(inner.node).selector.matchers;
  return stream_selected(matchers, windows, [&](const RangeSeries& series) {
    return sink(
        RangeSeries{series.labels, without_stale(series.samples, buffer), series.histograms});
  });
}

Result<void> Evaluator::stream_subquery(const Subquery& subquery, const StepGrid& grid,
                                        const RangeSink& sink) {
  SLUICE_TRY(const std::int64_t range, length_of(subquery.range));
  SLUICE_TRY(const Windows windows,
             Windows::make(grid, range, subquery.offset, subquery.at, bounds_));
  std::int64_t step = options_.subquery_step_ms;
  if (!subquery.step.zero()) {
    SLUICE_TRY(step, length_of(subquery.step));
  }
  SLUICE_TRY(const StepGrid inner, subquery_grid(windows, step));
  if (inner.steps == 0) return {};
  SLUICE_TRY(auto vector, eval_vector(*subquery.expr, inner));
  SLUICE_CHECK(count_samples(vector.size() * inner.steps));
  for (GridSeries& series : vector) {
    SLUICE_CHECK(context_.check());
    forget_hints(series.histograms);
    const auto samples = present_samples(series, inner);
    SLUICE_CHECK(sink(RangeSeries{series.labels, samples, series.histograms, series.drops_name}));
  }
  return {};
}

}  // namespace sluice::query
