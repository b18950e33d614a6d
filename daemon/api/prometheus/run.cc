// What query and query_range share: the language, the budget, the limit.
#include <algorithm>

#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"
#include "daemon/api/query_limits.h"
#include "query/engine/evaluator.h"

namespace sluice::api::prometheus {

Result<query::ExprPtr> parse_query(const std::string& text) {
  auto promql = query::parse_promql(text);
  if (promql) return promql;
  auto logql = query::parse_logql(text);
  if (logql && (*logql)->type != query::ValueType::streams && query::reads_logs(**logql))
    return logql;
  return promql;
}

Result<RunOptions> run_options(const Api& api, const http::Params& params) {
  RunOptions options{0, api.options.timeout};
  auto limit = parse_limit(params);
  if (!limit) return invalid_argument("invalid parameter \"limit\": " + limit.error().message);
  options.limit = *limit;
  options.stats = !params.get_or("stats", "").empty();
  if (const std::string lookback = params.get_or("lookback_delta", ""); !lookback.empty()) {
    const auto length = parse_duration(lookback);
    if (!length)
      return invalid_argument("error parsing lookback delta duration: " + length.error().message);
    options.lookback_ms = *length;
  }
  const std::string text = params.get_or("timeout", "");
  if (text.empty()) return options;
  const auto timeout = parse_duration(text);
  if (!timeout)
    return invalid_argument("invalid parameter \"timeout\": " + timeout.error().message);
  options.timeout = std::min(options.timeout, std::chrono::milliseconds{*timeout});
  return options;
}

Result<void> check_limits(const Api& api, const http::Request& request, const query::Expr& expr,
                          std::int64_t start_ms, std::int64_t end_ms) {
  if (!query::reads_logs(expr)) return {};
  constexpr std::int64_t ns_per_ms = 1'000'000;
  constexpr std::int64_t furthest_ms = INT64_MAX / ns_per_ms;
  if (start_ms < -furthest_ms || end_ms > furthest_ms)
    return invalid_argument("logs are stamped in nanoseconds: none are that far from 1970");
  const auto& limits = api.options.limits.of(request.tenant);
  SLUICE_CHECK(check_ranges(expr, limits));
  const TimeRange range{from_unix_ns(start_ms * ns_per_ms), from_unix_ns(end_ms * ns_per_ms)};
  // Steps stay where they are; what they may not see is hidden from them (QueryContext::oldest).
  SLUICE_CHECK(limited_range(range, limits, api.clock.now()));
  return {};
}

std::unique_ptr<query::QueryContext> query_context(const Api& api, const http::Request& request,
                                                   const query::Expr& expr, const RunOptions& run) {
  const auto& limits = api.options.limits.of(request.tenant);
  auto context = std::make_unique<query::QueryContext>(request.cancel, limits);
  const bool logs = query::reads_logs(expr);
  context->set_deadline(context->started() +
                        (logs ? std::min(run.timeout, limits.timeout) : run.timeout));
  context->look_back_from(api.clock.now());
  return context;
}

namespace {

using SteadyClock = std::chrono::steady_clock;

// In seconds, as Prometheus has it. A peak is counted in samples of 16 bytes: it is memory that a
// query holds here.
void write_stats(JsonWriter& json, query::QueryContext& context, SteadyClock::time_point began) {
  const auto seconds = [](SteadyClock::duration d) {
    return std::chrono::duration<double>(d).count();
  };
  const SteadyClock::time_point now = SteadyClock::now();
  json.key("stats").begin_object().key("timings").begin_object();
  json.key("evalTotalTime").number(seconds(now - began));
  json.key("resultSortTime").number(0);
  json.key("queryPreparationTime").number(seconds(began - context.started()));
  json.key("innerEvalTime").number(seconds(now - began));
  json.key("execQueueTime").number(0);
  json.key("execTotalTime").number(seconds(now - context.started()));
  json.end_object().key("samples").begin_object();
  json.key("totalQueryableSamples").number(context.stats().samples.load());
  json.key("peakSamples").number(context.peak_bytes() / static_cast<std::int64_t>(sizeof(Sample)));
  json.end_object().end_object();
}

}  // namespace

http::Response answer_query(query::QueryResult result, const RunOptions& run,
                            query::QueryContext& context,
                            SteadyClock::time_point evaluation_began) {
  truncate(result, run.limit);
  return success(
      [&](JsonWriter& json) {
        json.begin_object();
        write_result(json, result.value);
        if (run.stats) write_stats(json, context, evaluation_began);
        json.end_object();
      },
      result.warnings, result.infos);
}

void truncate(query::QueryResult& result, std::size_t limit) {
  const auto cut = [&](auto& series) {
    if (limit == 0 || series.size() <= limit) return;
    series.resize(limit);
    result.warnings.emplace_back("results truncated due to limit");
  };
  if (auto* vector = std::get_if<query::Vector>(&result.value)) cut(*vector);
  if (auto* matrix = std::get_if<query::Matrix>(&result.value)) cut(*matrix);
}

}  // namespace sluice::api::prometheus
