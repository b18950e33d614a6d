#include "query/engine/log_series.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace sluice::query {

namespace {

double in_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

// What makes a series large: its greatest present value.
double size_of(const GridSeries& series) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const double value : series.values)
    if (!is_absent(value) && value > largest) largest = value;
  return largest;
}

bool has_values(const GridSeries& series) {
  return !std::all_of(series.values.begin(), series.values.end(), is_absent);
}

using Samples = std::vector<std::pair<WindowSpan, TimedValue>>;

// Calls at(step, samples of its window) for each step that has any. Samples are sorted by time.
template <class At>
void each_window(const Samples& sorted, std::size_t steps, At&& at) {
  std::vector<TimedValue> values;
  for (const auto& [span, value] : sorted) values.push_back(value);
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    while (end < sorted.size() && sorted[end].first.first <= step) ++end;
    while (begin < end && sorted[begin].first.last < step) ++begin;
    if (begin < end) at(step, std::span<const TimedValue>(values).subspan(begin, end - begin));
  }
}

// absent_over_time: 1 where nothing is; named by the selector's equalities.
GridVector inverted(const GridVector& present, const LogRangeAggregation& aggregation,
                    std::size_t steps) {
  GridSeries absent;
  for (const auto& matcher : aggregation.query.matchers)
    if (matcher.op() == MatchOp::equal) absent.labels.set(matcher.name(), matcher.value());
  absent.values.assign(steps, 1);
  for (const auto& series : present)
    for (std::size_t i = 0; i < steps; ++i)
      if (!is_absent(series.values[i])) absent.values[i] = absent_value;
  GridVector out;
  if (has_values(absent)) out.push_back(std::move(absent));
  return out;
}

}  // namespace

LogSeries::~LogSeries() {
  static_cast<void>(context_.charge(-charged_));  // giving back cannot fail
}

Result<void> LogSeries::charge(std::size_t bytes) {
  charged_ += static_cast<std::int64_t>(bytes);
  return context_.charge(static_cast<std::int64_t>(bytes));
}

bool LogSeries::selected(std::string_view name) const {
  // All lines make one series, which is then inverted.
  if (function_.absent) return false;
  if (!aggregation_.grouping) return true;
  const auto& [without, names] = *aggregation_.grouping;
  return (std::find(names.begin(), names.end(), name) != names.end()) != without;
}

Result<std::size_t> LogSeries::index_of(const logql::LineLabels& labels,
                                        std::string_view left_out) {
  labels.collect(scratch_);
  std::erase_if(scratch_, [&](const logql::LabelView& label) {
    return label.name == left_out || !selected(label.name);
  });
  for (auto& label : scratch_) label.origin = logql::Origin::stream;
  return index_of(scratch_);
}

Result<std::size_t> LogSeries::index_of(std::span<const logql::LabelView> labels) {
  bool added = false;
  const std::size_t index = table_.intern(labels, added);
  if (!added) return index;
  data_.emplace_back();
  SLUICE_CHECK(charge(logql::LabelTable::cost(table_.at(index)) + sizeof(Data)));
  return index;
}

Result<Aggregate*> LogSeries::piece(std::size_t index, WindowSpan span) {
  bool fresh = false;
  Aggregate* const piece = &data_[index].windows.piece(span, fresh);
  if (fresh) SLUICE_CHECK(charge(sizeof(WindowSeries::Piece)));
  return piece;
}

Result<void> LogSeries::add(std::size_t index, WindowSpan span, Timestamp t, double value) {
  if (function_.input == LogFunctionInput::total) return add_total(index, span, 1, value);
  if (function_.input == LogFunctionInput::samples) {
    data_[index].samples.emplace_back(span, TimedValue{t, value});
    return charge(sizeof(Samples::value_type));
  }
  SLUICE_TRY(Aggregate* const aggregate, piece(index, span));
  aggregate->add(t, value);
  return {};
}

Result<void> LogSeries::add_total(std::size_t index, WindowSpan span, double entries,
                                  double values) {
  SLUICE_TRY(Aggregate* const aggregate, piece(index, span));
  aggregate->add_total(entries, values);
  return {};
}

Result<GridSeries> LogSeries::evaluate_one(std::size_t index, std::size_t steps) {
  Data& data = data_[index];
  GridSeries series{table_.at(index).labels, {}};
  SLUICE_CHECK(charge(steps * sizeof(double)));
  series.values.assign(steps, absent_value);
  const double seconds = in_seconds(aggregation_.range);
  if (function_.input != LogFunctionInput::samples) {
    data.windows.evaluate([&](std::size_t step, const Aggregate& window) {
      series.values[step] = function_.of_aggregate(window, seconds);
    });
    return series;
  }
  std::stable_sort(data.samples.begin(), data.samples.end(),
                   [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
  each_window(data.samples, steps, [&](std::size_t step, std::span<const TimedValue> window) {
    series.values[step] = function_.of_samples(window, aggregation_.parameter.value_or(0), seconds);
  });
  return series;
}

GridVector LogSeries::keep_largest(GridVector series) {
  const std::size_t limit = context_.limits().max_series;
  if (series.size() <= limit) return series;
  context_.warn("the query has " + std::to_string(series.size()) + " series; only the " +
                std::to_string(limit) +
                " largest are shown. Aggregate with sum by (...), or drop labels");
  std::vector<std::pair<double, std::size_t>> sizes;
  for (std::size_t i = 0; i < series.size(); ++i) sizes.emplace_back(-size_of(series[i]), i);
  std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(limit), sizes.end());
  sizes.resize(limit);
  std::sort(sizes.begin(), sizes.end(), [](auto& a, auto& b) { return a.second < b.second; });
  GridVector kept;
  for (const auto& [size, i] : sizes) kept.push_back(std::move(series[i]));
  return kept;
}

Result<GridVector> LogSeries::evaluate(const WindowPlan& plan) {
  GridVector out;
  for (std::size_t i = 0; i < data_.size(); ++i) {
    SLUICE_CHECK(context_.check());
    SLUICE_TRY(auto series, evaluate_one(i, plan.steps()));
    if (has_values(series)) out.push_back(std::move(series));
    data_[i] = {};
  }
  if (function_.absent) return inverted(out, aggregation_, plan.steps());
  std::sort(out.begin(), out.end(),
            [](const GridSeries& a, const GridSeries& b) { return a.labels < b.labels; });
  return keep_largest(std::move(out));
}

}  // namespace sluice::query
