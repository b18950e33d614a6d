// RangeReader: takes the batches of one log range aggregation into series. Each batch takes the
// cheapest way its contents allow (log_pushdown.h); the outcome is the same by any.
//
// One per thread of the query. Its series are put together with those of the others by a
// SeriesMerge: unit by unit where the order of adding tells, else at the end.
//
// take_labels (range_reader.cc): the outcome depends on the labels alone.
// take_columns (range_columns.cc): on labels and field columns; lines only for rows in doubt.
// take_lines (range_reader.cc): every line goes through the pipeline.
#pragma once

#include <optional>
#include <vector>

#include "query/engine/batch_filter.h"
#include "query/engine/batch_groups.h"
#include "query/engine/log_function.h"
#include "query/engine/log_pushdown.h"
#include "query/engine/log_series.h"
#include "query/engine/log_window.h"
#include "query/engine/per_metadata.h"
#include "query/engine/read_units.h"
#include "query/engine/series_merge.h"
#include "query/logql/pipeline.h"

namespace sluice::query {

// What is the same for all who read for one aggregation; must outlive them.
struct RangeTask {
  const LogRangeAggregation& aggregation;
  const LogFunction& function;
  const LogPushdown& pushdown;
  const WindowPlan& plan;
};

class RangeReader : public UnitTaker {
 public:
  // `merge` must outlive it.
  RangeReader(const RangeTask& task, logql::Pipeline pipeline, QueryContext& context,
              SeriesMerge& merge);

  Result<void> start(std::size_t unit) override;
  Result<void> take(const LogBatch& batch) override;
  Result<void> finish(std::size_t unit) override;
  // What is not in the SeriesMerge yet; null: nothing.
  std::unique_ptr<LogSeries> take_series() { return std::move(series_); }

 private:
  // What a line adds, and to which series; nullopt: nothing.
  struct Addition {
    std::size_t series = 0;
    double value = 0;
  };
  using MaybeAddition = std::optional<Addition>;

  Result<void> take_labels(const LogBatch& batch);
  Result<MaybeAddition> of_labels(const LabelSet* metadata);
  Result<void> add_stretch(const LogBatch& batch, std::size_t begin, std::size_t end,
                           const Addition& addition);
  Result<void> add_totals(const LogBatch& batch, std::size_t begin, std::size_t end,
                          std::size_t series);
  static Result<double> bytes_of(const LogBatch& batch, std::size_t row);

  Result<void> take_lines(const LogBatch& batch);
  Result<void> take_line(const LogBatch& batch, std::size_t row);
  // Of the line that has just passed the pipeline.
  Result<MaybeAddition> of_line();
  bool unwrap(const Unwrap& unwrap, double& value);

  Result<void> take_columns(const LogBatch& batch);
  Result<void> take_rows(const LogBatch& batch, const RowVerdicts& verdicts, std::size_t begin,
                         std::size_t end);
  bool adds_numbers_up() const;
  Result<void> sum_numbers(std::size_t begin, std::size_t end);
  void judge_value(RowVerdicts& verdicts);
  RowVerdicts judge_unwrap(const LabelColumn& column);
  void add_groups();
  Result<void> take_passed(const LogBatch& batch, std::size_t row);
  double unwrapped_at(std::size_t row) const;

  // The span of the windows at t; times mostly ascend.
  const std::optional<WindowSpan>& span_at(Timestamp t);
  Result<void> add(const Addition& addition, Timestamp t);

  RangeTask task_;
  logql::Pipeline pipeline_;
  QueryContext& context_;
  SeriesMerge& merge_;
  std::unique_ptr<LogSeries> series_;
  PerMetadata<MaybeAddition> per_metadata_;
  Timestamp stretch_first_ = Timestamp::max();  // nothing yet
  WindowPlan::Stretch stretch_{std::nullopt, Timestamp::min()};
  // Of the batch at hand:
  BatchFilter filter_;
  std::optional<BatchGroups> groups_;  // of series_
  LabelColumn unwrapped_;
  std::vector<double> unwrapped_values_;  // by code, where they convert
};

}  // namespace sluice::query
