#include "daemon/ingest/push_handlers.h"

#include <memory>

#include "daemon/ingest/answers.h"
#include "daemon/ingest/loki_push_handler.h"
#include "daemon/ingest/write_handler.h"

namespace sluice::ingest {

namespace {

http::RouteOptions route_options(std::size_t max_body, http::Role role = http::Role::ingest) {
  http::RouteOptions options;
  options.pool = http::Pool::commit;
  options.role = role;
  options.max_body = max_body;
  return options;
}

http::Response flush(storage::Store& store) {
  const auto flushed = store.flush();
  return flushed ? http::Response::no_content() : error_answer(flushed.error());
}

}  // namespace

void add_routes(http::Router& router, storage::Store& store, Clock& clock, Metrics& metrics,
                const Limits& limits, TenantLimits limits_of) {
  const auto push = std::make_shared<LokiPushHandler>(store, clock, metrics, std::move(limits_of));
  const auto write = std::make_shared<WriteHandler>(store, clock, metrics, limits);
  const auto handle_push = [push](http::Request& request) { return push->handle(request); };
  router.add("POST", "/loki/api/v1/push", route_options(limits.push_body_bytes), handle_push);
  router.add("POST", "/api/prom/push", route_options(limits.push_body_bytes), handle_push);
  router.add("POST", "/api/v1/write", route_options(limits.write_body_bytes),
             [write](http::Request& request) { return write->handle(request); });
  router.add("POST", "/flush", route_options(1 << 10, http::Role::admin),
             [&store](http::Request&) { return flush(store); });
}

void add_routes(http::Router& router, storage::Store& store, Clock& clock, Metrics& metrics,
                const Limits& limits) {
  add_routes(router, store, clock, metrics, limits, same_limits(limits));
}

}  // namespace sluice::ingest
