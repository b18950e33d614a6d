// GET|POST /loki/api/v1/format_query: the query in canonical form.

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"

namespace sluice::api::loki {

http::Response format_query(const Api&, http::Request& request) {
  const auto expr = query::parse_logql(request.query.get_or("query", ""));
  JsonWriter out;
  out.begin_object();
  if (expr) {
    out.key("status").string("success").key("data").string(query::to_string(**expr)).end_object();
    return json(out.take());
  }
  out.key("status").string("invalid-query").key("error").string(expr.error().message).end_object();
  return http::Response::json(400, out.take());
}

}  // namespace sluice::api::loki
