// GET /api/prom/query: lines of a log query, in the shape Loki had before 1.0.

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/legacy_answer.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/loki/statistics.h"
#include "daemon/api/query_limits.h"
#include "query/engine/sliced_logs.h"

namespace sluice::api::loki {

namespace {

Result<query::ExprPtr> parse_legacy_query(const http::Params& params) {
  SLUICE_TRY(auto expr, query::parse_logql(legacy_query_text(params.get_or("query", ""),
                                                             params.get_or("regexp", ""))));
  if (expr->type == query::ValueType::streams) return expr;
  const bool scalar = expr->type == query::ValueType::scalar;
  return invalid_argument("legacy endpoints only support streams result type, current type is " +
                          std::string(scalar ? "scalar" : "vector"));
}

Result<http::Response> answer_legacy(const Api& api, http::Request& request) {
  query::LogLimits limits{{}, 0, query::Direction::backward};
  SLUICE_TRY(limits.range, query_range_of(api, request));
  SLUICE_TRY(limits.limit, parse_limit(request.query));
  SLUICE_TRY(limits.direction, parse_direction(request.query));
  SLUICE_CHECK(check_entries(limits.limit, limits_of(api, request)));
  SLUICE_TRY(const auto expr, parse_legacy_query(request.query));
  const auto context = query_context(api, request);
  query::SlicedLogs logs(api.sources.engine, *expr, request.tenant, limits, *context);
  SLUICE_TRY(const auto streams, query::all_slices(logs));
  JsonWriter out;
  out.begin_object().key("streams");
  write_legacy_streams(out, streams, limits.direction);
  out.key("stats");
  write_statistics(out, {*context, query::Value(streams)});
  out.end_object();
  return json(out.take());
}

}  // namespace

http::Response legacy_query(const Api& api, http::Request& request) {
  auto response = answer_legacy(api, request);
  return response ? std::move(*response) : failure(response.error());
}

}  // namespace sluice::api::loki
