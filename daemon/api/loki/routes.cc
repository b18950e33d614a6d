#include "daemon/api/loki/routes.h"

#include <algorithm>

#include "daemon/api/loki/endpoints.h"
#include "daemon/api/loki/parameters.h"
#include "daemon/api/query_limits.h"

namespace sluice::api {

namespace loki {

const query::QueryLimits& limits_of(const Api& api, const http::Request& request) {
  return api.options.limits.of(request.tenant);
}

std::unique_ptr<query::QueryContext> query_context(const Api& api, const http::Request& request) {
  const auto& limits = limits_of(api, request);
  auto context = std::make_unique<query::QueryContext>(request.cancel, limits);
  context->set_deadline(context->started() + limits.timeout);
  context->look_back_from(api.clock.now());
  context->stats().queue_ns = static_cast<std::uint64_t>(request.queued.count());
  return context;
}

Result<TimeRange> query_range_of(const Api& api, const http::Request& request,
                                 Duration default_since) {
  const Timestamp now = api.clock.now();
  SLUICE_TRY(const auto range, parse_range(request.query, now, default_since));
  return limited_range(range, limits_of(api, request), now);
}

namespace {

// The queries' own timeouts come first.
std::chrono::milliseconds route_deadline(const PerTenant<query::QueryLimits>& limits) {
  std::chrono::milliseconds longest{0};
  limits.each([&](const auto& one) { longest = std::max(longest, one.timeout); });
  return longest + std::chrono::seconds{5};
}

}  // namespace

}  // namespace loki

void add_loki_routes(http::Router& router, LokiSources sources, Clock& clock, Metrics& metrics,
                     LokiOptions options) {
  using namespace loki;
  using SocketPtr = std::shared_ptr<http::WebSocket>;
  auto hub =
      std::make_unique<TailHub>(sources.listen, sources.unlisten, options.max_tails, metrics);
  const auto api =
      std::make_shared<const Api>(Api{std::move(sources), clock, options, std::move(hub)});
  http::RouteOptions route;
  route.deadline = route_deadline(options.limits);
  const auto add_at = [&](std::string_view methods, const std::string& path, auto handler) {
    router.add(methods, path, route,
               [api, handler](http::Request& request) { return handler(*api, request); });
  };
  const auto add = [&](std::string_view methods, std::string_view path, auto handler) {
    add_at(methods, "/loki/api/v1" + std::string(path), handler);
  };
  const auto add_socket = [&](std::string_view path, auto handler) {
    router.add_websocket(path, route, [api, handler](http::Request& request, SocketPtr socket) {
      auto stop = handler(*api, request, std::move(socket));
      // The socket may outlive the router; the hub must not go before it.
      if (stop) *stop = [api, inner = std::move(*stop)] { inner(); };
      return stop;
    });
  };
  add("GET|POST", "/query", query_instant);
  add("GET|POST", "/query_range", query_range);
  add("GET|POST", "/labels", label_names);
  add("GET|POST", "/label", label_names);
  add("GET|POST", "/label/{name}/values", label_values);
  add("GET|POST", "/series", series);
  add("GET|POST", "/index/stats", index_stats);
  add("GET|POST", "/index/volume", index_volume);
  add("GET|POST", "/index/volume_range", index_volume_range);
  add("GET|POST", "/detected_labels", detected_labels);
  add("GET|POST", "/detected_fields", detected_fields);
  add("GET|POST", "/detected_field/{name}/values", detected_field_values);
  add("GET|POST", "/index/shards", index_shards);
  add("GET|POST", "/patterns", patterns);
  add("GET|POST", "/format_query", format_query);
  add("GET", "/status/buildinfo", build_info);
  add("GET", "/drilldown-limits", drilldown_limits);
  add_socket("/loki/api/v1/tail", tail);
  add_at("GET|POST", "/api/prom/query", legacy_query);
  add_at("GET|POST", "/api/prom/label", legacy_label_names);
  add_at("GET|POST", "/api/prom/label/{name}/values", legacy_label_values);
  add_at("GET|POST", "/api/prom/series", series);
  add_socket("/api/prom/tail", legacy_tail);
}

void add_loki_routes(http::Router& router, const query::Engine& engine, storage::Store& store,
                     Clock& clock, Metrics& metrics, LokiOptions options) {
  LokiSources sources{
      engine, store.logs(),
      [&store](storage::PushListener listener) { return store.listen(std::move(listener)); },
      [&store](std::uint64_t handle) { store.unlisten(handle); }};
  add_loki_routes(router, std::move(sources), clock, metrics, std::move(options));
}

}  // namespace sluice::api
