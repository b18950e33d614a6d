// eval_log_range: range aggregations over log lines, in one pass over the store's batches.

#include <algorithm>

#include "query/engine/range_reader.h"
#include "query/logql/pipeline.h"
#include "query/stopwatch.h"

namespace sluice::query {

namespace {

using logql::Pipeline;

// The finest interval that spares a store anything: it counts by the minute at best.
constexpr Duration least_interval = std::chrono::seconds{1};

// A template may write the entry's time.
bool tells_time(const Stage& stage) {
  const auto* format = std::get_if<LabelFormatStage>(&stage);
  return std::holds_alternative<LineFormatStage>(stage) ||
         (format != nullptr && !std::all_of(format->items.begin(), format->items.end(),
                                            [](const auto& item) { return item.rename; }));
}

LogPushdown push_down(const LogRangeAggregation& aggregation, const LogFunction& function,
                      const LogPipeline& stages, const WindowPlan& plan, bool levels) {
  LogOutput output = output_of(aggregation, function.bytes, function.absent);
  output.levels = levels;
  LogPushdown pushdown(stages, output);
  pushdown.read_to_the_end();
  if (function.input == LogFunctionInput::total &&
      std::none_of(stages.begin(), stages.end(), tells_time))
    pushdown.times_mean([plan](Timestamp t) { return plan.stretch_at(t).last; });
  if (pushdown.labels_only() && !aggregation.unwrap && function.input == LogFunctionInput::total &&
      plan.interval() >= least_interval)
    pushdown.coalesce(plan.interval());
  return pushdown;
}

// All series of the selection, into `total`.
Result<void> read_series(LogSource& logs, const LogSelect& select, const LogPipeline& stages,
                         const RangeTask& task, QueryContext& context, LogSeries& total) {
  const Stopwatch watch(context.stats().scan_ns);
  SLUICE_TRY(Pipeline compiled,
             Pipeline::compile(stages));  // also if nothing is there to run it on
  std::optional<Pipeline> first = std::move(compiled);
  SLUICE_TRY(const auto scan, logs.scan(select, context));
  SeriesMerge merge(order_tells(task.aggregation, task.function), total);
  const auto make = [&]() -> Result<std::unique_ptr<UnitTaker>> {
    SLUICE_TRY(auto pipeline,
               first ? Result<Pipeline>(std::move(*first)) : Pipeline::compile(stages));
    first.reset();
    if (context.detect_levels()) pipeline.detect_levels();
    pipeline.labels().want_only(task.pushdown.wanted());
    return std::unique_ptr<UnitTaker>(
        std::make_unique<RangeReader>(task, std::move(pipeline), context, merge));
  };
  UnitTakers takers;
  SLUICE_CHECK(read_units(*scan, make, context, takers));
  const Stopwatch merging(context.stats().evaluate_ns);
  for (const auto& taker : takers)
    if (const auto left = static_cast<RangeReader&>(*taker).take_series())
      SLUICE_CHECK(total.merge(*left));
  return {};
}

}  // namespace

Result<GridVector> eval_log_range(const LogRangeAggregation& aggregation, const StepGrid& grid,
                                  const TenantId& tenant, LogSource& logs, QueryContext& context,
                                  std::size_t greatest) {
  const LogFunction* function = find_log_function(aggregation.op);
  if (function == nullptr)
    return invalid_argument("unknown range aggregation \"" + aggregation.op + "\"");
  auto split = logql::split_filters(aggregation.query.pipeline);
  const WindowPlan plan(grid, aggregation.range, aggregation.offset);
  const LogPushdown pushdown =
      push_down(aggregation, *function, split.rest, plan, context.detect_levels());
  const LogSelect select{tenant,
                         aggregation.query.matchers,
                         plan.samples(),
                         std::move(split.filters),
                         Direction::forward,
                         pushdown.projection()};
  LogSeries series(aggregation, *function, context);
  const RangeTask task{aggregation, *function, pushdown, plan};
  SLUICE_CHECK(read_series(logs, select, split.rest, task, context, series));
  return series.evaluate(plan, greatest);
}

}  // namespace sluice::query
