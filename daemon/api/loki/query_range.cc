// GET|POST /loki/api/v1/query_range: lines of a log query, or a metric query over steps.

#include <optional>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/explain.h"
#include "daemon/api/loki/fitting_steps.h"
#include "daemon/api/loki/line_stream.h"
#include "daemon/api/loki/line_thinner.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/query_limits.h"

namespace sluice::api::loki {

namespace {

Result<std::optional<Duration>> parse_interval(const http::Params& params) {
  const auto text = params.get("interval");
  if (!text || text->empty()) return std::optional<Duration>();
  SLUICE_TRY(const Duration interval, parse_step(*text));
  if (interval < Duration{0}) return invalid_argument("interval must be >= 0");
  return interval == Duration{0} ? std::nullopt : std::optional(interval);
}

Result<http::Response> run_log(const Api& api, http::Request& request, query::ExprPtr expr,
                               const TimeRange& range) {
  query::LogLimits limits{range, 0, query::Direction::backward};
  SLUICE_TRY(limits.limit, parse_limit(request.query));
  SLUICE_TRY(limits.direction, parse_direction(request.query));
  SLUICE_TRY(const auto interval, parse_interval(request.query));
  SLUICE_CHECK(check_entries(limits.limit, limits_of(api, request)));
  SLUICE_TRY(const bool explain, wants_explain(request.query));
  RunningLogs running{std::move(expr),
                      query_context(api, request),
                      nullptr,
                      {limits.direction, wants_categories(request)}};
  if (explain) running.options.explain = running.expr.get();
  running.logs = std::make_unique<query::SlicedLogs>(api.sources.engine, *running.expr,
                                                     request.tenant, limits, *running.context);
  // How many lines thinning takes away is not known before; as many as one query may have are read,
  // and the answer ends there.
  if (interval)
    running.logs->thin(limits_of(api, request).max_entries, LineThinner(*interval, limits));
  if (wants_line_stream(request)) return line_stream(std::move(running));
  SLUICE_TRY(auto streams, query::all_slices(*running.logs));
  const query::QueryResult result{std::move(streams), running.context->warnings(), {}};
  return query_answer(result, *running.context, running.options);
}

Result<http::Response> run_metric(const Api& api, http::Request& request, const query::Expr& expr,
                                  const TimeRange& range) {
  SLUICE_TRY(const Duration step, parse_step_or_default(request.query, range));
  if ((range.end - range.start) / step > max_points)
    return invalid_argument(
        "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of "
        "the step parameter");
  SLUICE_TRY(const bool explain, wants_explain(request.query));
  const query::RangeQuery steps{request.tenant,
                                unix_ms(to_ms(range.start)),
                                unix_ms(to_ms(range.end)),
                                std::chrono::duration_cast<std::chrono::milliseconds>(step).count(),
                                {}};
  const auto deadline = std::chrono::steady_clock::now() + limits_of(api, request).timeout;
  SLUICE_TRY(auto fitted, fitting_steps(api.sources.engine, expr, steps, [&] {
               auto context = query_context(api, request);
               context->set_deadline(deadline);
               return context;
             }));
  return query_answer(fitted.result, *fitted.context, {.explain = explain ? &expr : nullptr});
}

Result<http::Response> answer_range(const Api& api, http::Request& request) {
  SLUICE_TRY(const auto range, query_range_of(api, request));
  SLUICE_TRY(auto expr, query::parse_logql(request.query.get_or("query", "")));
  SLUICE_CHECK(check_ranges(*expr, limits_of(api, request)));
  return expr->type == query::ValueType::streams ? run_log(api, request, std::move(expr), range)
                                                 : run_metric(api, request, *expr, range);
}

}  // namespace

http::Response query_range(const Api& api, http::Request& request) {
  auto response = answer_range(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
