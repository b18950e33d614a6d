// /api/v1/query: an expression at one time.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

http::Response query_instant(const Api& api, http::Request& request) {
  const http::Params& params = request.query;
  const auto run = run_options(api, params);
  if (!run) return bad_data(run.error().message);
  std::int64_t time_ms = unix_ms(to_ms(api.clock.now()));
  if (const std::string text = params.get_or("time", ""); !text.empty()) {
    const auto time = parse_time(text);
    if (!time) return bad_parameter("time", time.error().message);
    time_ms = *time;
  }
  const std::string text = params.get_or("query", "");
  const auto expr = parse_query(text);
  if (!expr) return bad_parameter("query", expr.error().message);

  query::QueryContext context(request.cancel, api.options.limits.of(request.tenant));
  context.set_deadline(context.started() + run->timeout);
  auto result = api.engine.instant(**expr, {request.tenant, time_ms, text}, context);
  if (!result) return failure(result.error());
  truncate(*result, run->limit);
  return success([&](JsonWriter& json) { write_result(json, result->value); }, result->warnings,
                 result->infos);
}

}  // namespace sluice::api::prometheus
