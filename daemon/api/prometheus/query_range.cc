// /api/v1/query_range: an expression at every step from start to end.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"
#include "query/engine/window.h"

namespace sluice::api::prometheus {

namespace {

constexpr std::int64_t max_points = 11'000;  // of one series; Prometheus' fixed bound

// start, end and step, checked. Errors name the parameter.
Result<query::RangeQuery> parse_range(const http::Params& params) {
  const auto wrong = [](std::string_view name, const std::string& message) {
    return invalid_argument("invalid parameter \"" + std::string(name) + "\": " + message);
  };
  query::RangeQuery range;
  const auto start = parse_time(params.get_or("start", ""));
  if (!start) return wrong("start", start.error().message);
  const auto end = parse_time(params.get_or("end", ""));
  if (!end) return wrong("end", end.error().message);
  if (*end < *start) return wrong("end", "end timestamp must not be before start time");
  const auto step = parse_duration(params.get_or("step", ""));
  if (!step) return wrong("step", step.error().message);
  if (*step <= 0)
    return wrong("step",
                 "zero or negative query resolution step widths are not accepted. Try a "
                 "positive integer");
  if (query::saturating_sub(*end, *start) / *step > max_points)
    return invalid_argument(
        "exceeded maximum resolution of 11,000 points per timeseries. Try "
        "decreasing the query resolution (?step=XX)");
  range.start_ms = *start;
  range.end_ms = *end;
  range.step_ms = *step;
  return range;
}

}  // namespace

http::Response query_range(const Api& api, http::Request& request) {
  const http::Params& params = request.query;
  auto range = parse_range(params);
  if (!range) return bad_data(range.error().message);
  const auto run = run_options(api, params);
  if (!run) return bad_data(run.error().message);
  const std::string text = params.get_or("query", "");
  const auto expr = parse_query(text);
  if (!expr) return bad_parameter("query", expr.error().message);
  const auto type = (*expr)->type;
  if (type != query::ValueType::scalar && type != query::ValueType::instant_vector)
    return bad_parameter("query", "invalid expression type \"" +
                                      std::string(query::type_name(type)) +
                                      "\" for range query, must be Scalar or instant Vector");
  const auto checked = check_limits(api, request, **expr, range->start_ms, range->end_ms);
  if (!checked) return bad_data(checked.error().message);

  const auto context = query_context(api, request, **expr, *run);
  range->tenant = request.tenant;
  range->text = text;
  range->lookback_ms = run->lookback_ms;
  const auto began = std::chrono::steady_clock::now();
  auto result = api.engine.range(**expr, *range, *context);
  if (!result) return failure(result.error());
  return answer_query(std::move(*result), *run, *context, began);
}

}  // namespace sluice::api::prometheus
