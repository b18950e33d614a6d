#include "daemon/api/process/routes.h"

namespace sluice::api {

namespace {

using http::Request;
using http::Response;

constexpr http::RouteOptions open_route{.pool = http::Pool::inline_, .role = http::Role::none};
constexpr http::RouteOptions admin_route{.pool = http::Pool::query, .role = http::Role::admin};

Response healthy(Request&) {
  return Response::text(200, "Sluice is healthy.\n");
}

Response answer(const Result<void>& done, std::string_view text) {
  return done ? Response::text(200, std::string(text)) : http::error_response(done.error());
}

Response not_ready() {
  auto response = Response::text(503, "Sluice is not ready yet: it is starting or stopping.\n");
  response.headers.set("Retry-After", "1");
  return response;
}

void add_readiness(http::Router& router, const std::function<bool()>& ready) {
  const auto answer_ready = [ready](Request&) {
    return ready() ? Response::text(200, "ready\n") : not_ready();
  };
  router.add("GET", "/-/ready", open_route, answer_ready);
  router.add("GET", "/ready", open_route, answer_ready);
}

}  // namespace

void add_process_routes(http::Router& router, Metrics& metrics, ProcessHooks hooks) {
  router.add("GET", "/-/healthy", open_route, healthy);
  add_readiness(router, hooks.ready);
  router.add("GET", "/metrics", {.pool = http::Pool::query, .role = http::Role::read},
             [&metrics](Request&) {
               auto response = Response::text(200, metrics.serialize());
               response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
               return response;
             });
  router.add("POST|PUT", "/-/reload", admin_route, [reload = std::move(hooks.reload)](Request&) {
    return answer(reload(), "config reloaded\n");
  });
}

}  // namespace sluice::api
