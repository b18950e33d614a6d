// /loki/api/v1/delete: POST or PUT asks for a deletion, GET lists the requests, DELETE cancels one.
// Parameters, statuses and bodies are Loki's; entries are hidden at once, not after the period.

#include <algorithm>

#include "daemon/api/loki/answer.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/loki/routes.h"
#include "daemon/api/prometheus/answer.h"
#include "daemon/storage/operations.h"

namespace sluice::api {

namespace loki {

namespace {

using prometheus::format_seconds;

// Both ends belong to the range.
Result<TimeRange> deleted_range(const http::Params& params, Timestamp now) {
  const auto start_text = params.get("start");
  if (!start_text || start_text->empty()) return invalid_argument("start time not set");
  TimeRange range;
  SLUICE_TRY(range.start, parse_time(*start_text));
  Timestamp last = now;
  if (const auto text = params.get("end"); text && !text->empty()) {
    SLUICE_TRY(last, parse_time(*text));
  }
  if (last > now) return invalid_argument("deletes in the future are not allowed");
  if (range.start > last) return invalid_argument("start time can't be greater than end time");
  range.end = last + Duration{1};
  return range;
}

Result<std::string> ask_for_deletion(storage::StoreOperations& store, const http::Request& request,
                                     Timestamp now) {
  const std::string query = request.query.get_or("query", "");
  if (query.empty()) return invalid_argument("query not set");
  SLUICE_TRY(const TimeRange range, deleted_range(request.query, now));
  return store.request_delete(request.tenant, query, range);
}

std::string seconds(Timestamp time) {
  return format_seconds(to_ms(time).time_since_epoch().count());
}

http::Response listing(const std::vector<storage::DeleteRequest>& requests) {
  JsonWriter out;
  out.begin_array();
  for (const auto& request : requests) {
    out.begin_object();
    out.key("request_id").string(request.id);
    out.key("start_time").raw(seconds(request.range.start));
    out.key("end_time").raw(seconds(request.range.end - Duration{1}));
    out.key("query").string(request.query);
    out.key("status").string(request.processed ? "processed" : "received");
    out.key("created_at").raw(seconds(request.created));
    out.end_object();
  }
  out.end_array();
  return json(out.take());
}

http::Response cancelled(storage::StoreOperations& store, const http::Request& request) {
  const std::string id = request.query.get_or("request_id", "");
  const bool force = request.query.get_or("force", "") == "true";
  const auto done = store.cancel_delete(request.tenant, id, force);
  return done ? http::Response::no_content() : failure(done.error());
}

}  // namespace

}  // namespace loki

void add_loki_delete_routes(http::Router& router, storage::StoreOperations& store, Clock& clock) {
  using http::Request;
  constexpr std::string_view path = "/loki/api/v1/delete";
  const http::RouteOptions change{.pool = http::Pool::commit, .role = http::Role::admin};
  router.add("POST|PUT", path, change, [&store, &clock](Request& request) {
    const auto id = loki::ask_for_deletion(store, request, clock.now());
    return id ? http::Response::no_content() : loki::failure(id.error());
  });
  router.add(
      "GET", path, {.pool = http::Pool::query, .role = http::Role::read},
      [&store](Request& request) { return loki::listing(store.delete_requests(request.tenant)); });
  router.add("DELETE", path, change,
             [&store](Request& request) { return loki::cancelled(store, request); });
}

}  // namespace sluice::api
