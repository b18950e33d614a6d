#include "tests/query/script/memory_target.h"

namespace sluice::query::script {

namespace {

Result<QueryResult> run(const Engine& engine, const Expr& expr, const Eval& eval,
                        QueryContext& context) {
  const TenantId tenant = default_tenant();
  if (const auto* instant = std::get_if<EvalInstant>(&eval.how))
    return engine.instant(expr, {tenant, instant->time_ms, eval.expr}, context);
  if (const auto* range = std::get_if<EvalRange>(&eval.how))
    return engine.range(expr, {tenant, range->start_ms, range->end_ms, range->step_ms, eval.expr},
                        context);
  const auto& logs = std::get<EvalLogs>(eval.how);
  const TimeRange range{from_unix_ns(logs.start_ms * 1'000'000),
                        from_unix_ns(logs.end_ms * 1'000'000)};
  const auto direction = logs.forward ? Direction::forward : Direction::backward;
  return engine.logs(expr, tenant, {range, logs.limit, direction}, context);
}

}  // namespace

Result<void> MemoryTarget::clear() {
  logs_.clear();
  samples_ = test::MemorySampleSource();
  return {};
}

Result<void> MemoryTarget::load(const std::vector<SeriesSamples>& series) {
  for (const SeriesSamples& one : series)
    for (const Sample& sample : one.samples) samples_.add(one.labels, sample, one.histograms);
  return {};
}

Result<void> MemoryTarget::load_logs(const std::vector<StreamEntries>& streams) {
  for (const StreamEntries& stream : streams)
    for (const LogEntry& entry : stream.entries) logs_.add(stream.labels, entry);
  return {};
}

Result<QueryResult> MemoryTarget::eval(const Eval& eval) {
  SLUICE_TRY(const auto expr,
             eval.language == Language::promql ? parse_promql(eval.expr) : parse_logql(eval.expr));
  QueryContext context;
  logs_.set_push(push_, seed_++);
  return run(Engine(logs_, samples_, options_), *expr, eval, context);
}

}  // namespace sluice::query::script
