// LogSeries: the series of one log range aggregation while it runs: grouping, windows, limits.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/engine/log_function.h"
#include "query/engine/log_window.h"
#include "query/engine/value_counts.h"
#include "query/logql/label_table.h"

namespace sluice::query {

// Memory is charged to the query while the LogSeries lives; the result is the caller's to account.
class LogSeries {
 public:
  LogSeries(const LogRangeAggregation& aggregation, const LogFunction& function,
            QueryContext& context)
      : aggregation_(aggregation), function_(function), context_(context) {}
  ~LogSeries();
  LogSeries(const LogSeries&) = delete;
  LogSeries& operator=(const LogSeries&) = delete;

  // The series of a line with these labels; `left_out` (the unwrapped label) is none of its own.
  Result<std::size_t> index_of(const logql::LineLabels& labels, std::string_view left_out);
  // The same for labels known to be those of the series, all with Origin::stream.
  Result<std::size_t> index_of(std::span<const logql::LabelView> labels);
  // See LabelTable. All of them are about to be asked for.
  void prefetch(std::span<const std::uint64_t> hashes) const { table_.prefetch(hashes); }
  Result<void> add(std::size_t index, WindowSpan span, Timestamp t, double value);
  // Many entries at once, for functions that look at the total.
  Result<void> add_total(std::size_t index, WindowSpan span, double entries, double values);
  // What the entries of these windows add to; stays where it is until the series gets other
  // windows. Not for functions that look at every sample.
  Result<Aggregate*> piece(std::size_t index, WindowSpan span);
  // Of a query of one step whose function counts entries: whether the series that have this label
  // alone may be counted by its value. True for one name at most.
  bool counts_values_of(std::string_view name);
  // Of that label.
  Result<void> count_values(std::span<const ValueCounts::Value> values);
  // Adds the series of another one of the same query, which is used up. What it has came later,
  // where timestamps are equal.
  Result<void> merge(LogSeries& later);
  // The result. Past the limit of series the largest remain, with a warning. `greatest`: see
  // eval_log_range().
  Result<GridVector> evaluate(const WindowPlan& plan, std::size_t greatest = 0);

 private:
  struct Data {
    WindowSeries windows;
    std::vector<std::pair<WindowSpan, TimedValue>> samples;
  };
  Result<void> charge(std::size_t bytes);
  Result<void> merge_block(LogSeries& later, std::size_t begin, std::size_t end);
  Result<std::size_t> index_of(std::span<const logql::LabelView> labels, std::uint64_t hash);
  bool selected(std::string_view name) const;
  Result<void> charge_counts();
  Result<void> merge_counts(LogSeries& later);
  void count_by_value(std::size_t index);
  Result<void> settle_counts(std::size_t greatest);
  Result<void> add_counted(const ValueCounts::Value& value);
  // Writes one value per step.
  void evaluate_one(std::size_t index, std::span<double> values);
  // Of the series numbered `present`, the largest as far as the limit goes.
  void keep_largest(std::vector<std::size_t>& present, std::span<const double> values,
                    std::size_t steps);

  const LogRangeAggregation& aggregation_;
  const LogFunction& function_;
  QueryContext& context_;
  std::int64_t charged_ = 0;
  logql::LabelTable table_;
  std::deque<Data> data_;  // by index in the table; pieces stay where they are
  std::vector<logql::LabelView> scratch_;
  // Series not in the table, or only in part: those of one label, by its value.
  std::string counted_label_;  // empty: none yet
  ValueCounts counts_;
  std::size_t counts_charged_ = 0;
};

}  // namespace sluice::query
