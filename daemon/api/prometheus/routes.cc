#include "daemon/api/prometheus/routes.h"

#include <memory>

#include "daemon/api/prometheus/endpoints.h"

namespace sluice::api {

void add_prometheus_routes(http::Router& router, const query::Engine& engine,
                           query::SampleSource& samples, Clock& clock, PrometheusOptions options) {
  using namespace prometheus;
  const auto api = std::make_shared<const Api>(
      Api{engine, samples, clock, std::move(options), unix_ms(to_ms(clock.now()))});
  http::RouteOptions route;
  route.deadline = api->options.timeout + std::chrono::seconds{5};  // ours answers first
  const auto add = [&](std::string_view methods, std::string_view path,
                       http::Response (*handler)(const Api&, http::Request&)) {
    router.add(methods, path, route,
               [api, handler](http::Request& request) { return handler(*api, request); });
  };
  add("GET|POST", "/api/v1/query", query_instant);
  add("GET|POST", "/api/v1/query_range", query_range);
  add("GET|POST", "/api/v1/query_exemplars", query_exemplars);
  add("GET|POST", "/api/v1/labels", label_names);
  add("GET", "/api/v1/label/{name}/values", label_values);
  add("GET|POST", "/api/v1/series", series);
  add("GET", "/api/v1/metadata", metadata);
  add("GET|POST", "/api/v1/format_query", format_query);
  add("GET|POST", "/api/v1/parse_query", parse_query_tree);
  add("GET", "/federate", federate);
  add("GET", "/api/v1/status/buildinfo", build_info);
  add("GET", "/api/v1/status/runtimeinfo", runtime_info);
  add("GET", "/api/v1/status/tsdb", tsdb_status);
  // What changes data or shows how the daemon is set up is for administrators.
  route.role = http::Role::admin;
  add("GET", "/api/v1/status/flags", status_flags);
  add("GET", "/api/v1/status/config", status_config);
  add("GET", "/config", plain_config);
  add("POST|PUT", "/api/v1/admin/tsdb/delete_series", delete_series);
  add("POST|PUT", "/api/v1/admin/tsdb/clean_tombstones", clean_tombstones);
}

}  // namespace sluice::api
