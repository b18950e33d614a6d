// /api/v1/query_exemplars: exemplars are not stored, so a valid question has an empty answer.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"
#include "daemon/api/prometheus/parameters.h"

namespace sluice::api::prometheus {

http::Response query_exemplars(const Api&, http::Request& request) {
  const auto span = parse_span(request.query);
  if (!span) return bad_data(span.error().message);
  if (span->end_ms < span->start_ms)
    return bad_parameter("end", "end timestamp must not be before start timestamp");
  const auto expr = query::parse_promql(request.query.get_or("query", ""));
  if (!expr) return bad_parameter("query", expr.error().message);
  return success([](JsonWriter& json) { json.begin_array().end_array(); });
}

}  // namespace sluice::api::prometheus
