// /api/v1/admin/tsdb/delete_series and clean_tombstones.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

http::Response delete_series(const Api& api, http::Request& request) {
  if (!api.options.delete_series)
    return failure({ErrorCode::unavailable, "this store does not delete series"});
  const auto texts = request.query.all("match[]");
  if (texts.empty()) return bad_data("no match[] parameter provided");
  const auto span = parse_span(request.query);
  if (!span) return bad_data(span.error().message);
  auto selectors = parse_selectors(texts);
  if (!selectors) return bad_parameter("match[]", selectors.error().message);
  const auto deleted = api.options.delete_series(request.tenant, std::move(*selectors),
                                                 span->start_ms, span->end_ms);
  return deleted ? http::Response::no_content() : failure(deleted.error());
}

// For clients that call it after delete_series: what was deleted is hidden as of then, and its
// space is freed by merges in the background. There is nothing to be told.
http::Response clean_tombstones(const Api& api, http::Request&) {
  if (!api.options.delete_series)
    return failure({ErrorCode::unavailable, "this store does not delete series"});
  return http::Response::no_content();
}

}  // namespace sluice::api::prometheus
