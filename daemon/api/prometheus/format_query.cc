// /api/v1/format_query: the canonical text of an expression.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/endpoints.h"

namespace sluice::api::prometheus {

http::Response format_query(const Api&, http::Request& request) {
  const auto expr = parse_query(request.query.get_or("query", ""));
  if (!expr) return bad_parameter("query", expr.error().message);
  const std::string text = query::to_string(**expr);
  return success([&](JsonWriter& json) { json.string(text); });
}

}  // namespace sluice::api::prometheus
