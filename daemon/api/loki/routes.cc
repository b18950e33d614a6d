#include "daemon/api/loki/routes.h"

#include "daemon/api/loki/endpoints.h"

namespace sluice::api {

namespace loki {

std::unique_ptr<query::QueryContext> query_context(const Api& api, const http::Request& request) {
  auto context = std::make_unique<query::QueryContext>(request.cancel, api.options.limits);
  context->set_deadline(context->started() + api.options.timeout);
  return context;
}

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
  route.deadline = options.timeout + std::chrono::seconds{5};  // the query's own comes first
  const auto add = [&](std::string_view methods, std::string_view path,
                       http::Response (*handler)(const Api&, http::Request&)) {
    router.add(methods, "/loki/api/v1" + std::string(path), route,
               [api, handler](http::Request& request) { return handler(*api, request); });
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
  router.add_websocket("/loki/api/v1/tail", route, [api](http::Request& request, SocketPtr socket) {
    auto stop = tail(*api, request, std::move(socket));
    // The socket may outlive the router; the hub must not go before it.
    if (stop) *stop = [api, inner = std::move(*stop)] { inner(); };
    return stop;
  });
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
