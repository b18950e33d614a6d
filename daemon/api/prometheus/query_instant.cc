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
  const auto checked = check_limits(api, request, **expr, time_ms, time_ms);
  if (!checked) return bad_data(checked.error().message);

  const auto context = query_context(api, request, **expr, *run);
  const auto began = std::chrono::steady_clock::now();
  auto result =
      api.engine.instant(**expr, {request.tenant, time_ms, text, run->lookback_ms}, *context);
  if (!result) return failure(result.error());
  return answer_query(std::move(*result), *run, *context, began);
}

}  // namespace sluice::api::prometheus
