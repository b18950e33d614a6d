// LogSeries: the series of one log range aggregation while it runs: grouping, windows, limits.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "query/engine/log_function.h"
#include "query/engine/log_window.h"
#include "query/logql/label_table.h"

namespace sluice::query {

// Memory is charged to the query while the LogSeries lives; the result is the caller's to account.
class LogSeries {
 public:
  // `single`: all lines make one series without labels.
  LogSeries(const std::optional<Grouping>& grouping, bool single, QueryContext& context)
      : grouping_(grouping), single_(single), context_(context) {}
  ~LogSeries();
  LogSeries(const LogSeries&) = delete;
  LogSeries& operator=(const LogSeries&) = delete;

  // The series of a line with these labels; `left_out` (the unwrapped label) is none of its own.
  Result<std::size_t> index_of(const logql::LineLabels& labels, std::string_view left_out);
  Result<void> add(std::size_t index, WindowSpan span, Timestamp t, double value, bool keep_sample);
  // The result. Past the limit of series the largest remain, with a warning.
  Result<GridVector> evaluate(const LogFunction& function, const LogRangeAggregation& aggregation,
                              const WindowPlan& plan);

 private:
  struct Data {
    WindowSeries windows;
    std::vector<std::pair<WindowSpan, TimedValue>> samples;
  };
  Result<void> charge(std::size_t bytes);
  bool selected(std::string_view name) const;
  Result<GridSeries> evaluate_one(std::size_t index, const LogFunction& function,
                                  const LogRangeAggregation& aggregation, std::size_t steps);
  GridVector keep_largest(GridVector series);

  const std::optional<Grouping>& grouping_;
  bool single_;
  QueryContext& context_;
  std::int64_t charged_ = 0;
  logql::LabelTable table_;
  std::vector<Data> data_;  // by index in the table
  std::vector<logql::LabelView> scratch_;
};

}  // namespace sluice::query
