// GET|POST /loki/api/v1/query: metric queries at one time. Grafana's health check is
// vector(1)+vector(1) here.

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/explain.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/query_limits.h"
#include "query/engine/evaluator.h"

namespace sluice::api::loki {

namespace {

Result<http::Response> answer_instant(const Api& api, http::Request& request) {
  const auto text = request.query.get_or("query", "");
  Timestamp time = api.clock.now();
  if (const auto given = request.query.get("time"); given && !given->empty()) {
    SLUICE_TRY(time, parse_time(*given));
  }
  SLUICE_TRY(auto expr, query::parse_logql(text));
  if (expr->type == query::ValueType::streams)
    return invalid_argument(
        "log queries are not supported as an instant query type, please change your query to a "
        "range query type");
  const auto& limits = limits_of(api, request);
  SLUICE_CHECK(check_ranges(*expr, limits));
  if (query::reads_logs(*expr)) SLUICE_CHECK(limited_range({time, time}, limits, api.clock.now()));
  SLUICE_TRY(const bool explain, wants_explain(request.query));
  const auto context = query_context(api, request);
  const query::InstantQuery instant{request.tenant, unix_ms(to_ms(time)), text};
  SLUICE_TRY(auto result, api.sources.engine.instant(*expr, instant, *context));
  return query_answer(result, *context, {.explain = explain ? expr.get() : nullptr});
}

}  // namespace

http::Response query_instant(const Api& api, http::Request& request) {
  auto response = answer_instant(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
