// /api/v1/parse_query: the syntax tree of an expression.
#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/ast_json.h"
#include "daemon/api/prometheus/endpoints.h"

namespace sluice::api::prometheus {

http::Response parse_query_tree(const Api&, http::Request& request) {
  const auto expr = query::parse_promql(request.query.get_or("query", ""));
  if (!expr) return bad_parameter("query", expr.error().message);
  return success([&](JsonWriter& json) { write_tree(json, **expr); });
}

}  // namespace sluice::api::prometheus
