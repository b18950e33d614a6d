// eval_log_range: range aggregations over log lines, in one pass over the store's batches.

#include "query/engine/range_reader.h"
#include "query/logql/pipeline.h"

namespace sluice::query {

namespace {

using logql::Pipeline;

// The finest interval that spares a store anything: it counts by the minute at best.
constexpr Duration least_interval = std::chrono::seconds{1};

LogPushdown push_down(const LogRangeAggregation& aggregation, const LogFunction& function,
                      const LogPipeline& stages, const WindowPlan& plan, bool levels) {
  LogOutput output = output_of(aggregation, function.bytes, function.absent);
  output.levels = levels;
  LogPushdown pushdown(stages, output);
  if (pushdown.labels_only() && !aggregation.unwrap && function.input == LogFunctionInput::total &&
      plan.interval() >= least_interval)
    pushdown.coalesce(plan.interval());
  return pushdown;
}

}  // namespace

Result<GridVector> eval_log_range(const LogRangeAggregation& aggregation, const StepGrid& grid,
                                  const TenantId& tenant, LogSource& logs, QueryContext& context) {
  const LogFunction* function = find_log_function(aggregation.op);
  if (function == nullptr)
    return invalid_argument("unknown range aggregation \"" + aggregation.op + "\"");
  auto split = logql::split_filters(aggregation.query.pipeline);
  SLUICE_TRY(auto pipeline, Pipeline::compile(split.rest));
  if (context.detect_levels()) pipeline.detect_levels();
  const WindowPlan plan(grid, aggregation.range, aggregation.offset);
  const LogPushdown pushdown =
      push_down(aggregation, *function, split.rest, plan, context.detect_levels());
  pipeline.labels().want_only(pushdown.wanted());
  const LogSelect select{tenant,
                         aggregation.query.matchers,
                         plan.samples(),
                         std::move(split.filters),
                         Direction::forward,
                         pushdown.projection()};
  SLUICE_TRY(auto cursor, logs.select(select, context));
  RangeReader reader({aggregation, *function, pushdown, plan}, std::move(pipeline), context);
  SLUICE_CHECK(reader.read(*cursor));
  return reader.series().evaluate(plan);
}

}  // namespace sluice::query
