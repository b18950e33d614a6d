#include "agent/http_endpoint.h"

#include "base/scrape/status_json.h"

namespace sluice::agent {
namespace {

http::Response api_answer(const std::function<void(JsonWriter&)>& write_data) {
  JsonWriter json;
  json.begin_object().key("status").string("success").key("data");
  write_data(json);
  json.end_object();
  return http::Response::json(200, json.take());
}

}  // namespace

HttpEndpoint::HttpEndpoint(IoRuntime& runtime, Metrics& metrics, HostMetrics& host,
                           bool host_metrics)
    : runtime_(runtime), metrics_(metrics), host_(host), host_metrics_(host_metrics) {
  http::RouteOptions open;
  open.role = http::Role::none;
  router_.add("GET", "/metrics", open, [this](http::Request&) { return metrics_page(); });
  router_.add("GET", "/-/healthy", open,
              [](http::Request&) { return http::Response::text(200, "healthy\n"); });
  router_.add("GET", "/-/ready", open, [this](http::Request&) {
    return ready_ ? http::Response::text(200, "ready\n")
                  : http::Response::text(503, "starting or stopping\n");
  });
}

void HttpEndpoint::show_targets(const std::string& host,
                                std::function<scrape::ScrapeStatus()> status) {
  http::RouteOptions open;
  open.role = http::Role::none;
  router_.add("GET", "/api/v1/targets", open, [host, status](http::Request& request) {
    const auto query = scrape::target_query(request.query.get_or("state", ""),
                                            request.query.get_or("scrapePool", ""));
    return api_answer(
        [&](JsonWriter& json) { scrape::write_targets(json, status(), query, host); });
  });
  router_.add("GET", "/api/v1/scrape_pools", open, [status](http::Request&) {
    return api_answer([&](JsonWriter& json) { scrape::write_scrape_pools(json, status()); });
  });
}

HttpEndpoint::~HttpEndpoint() {
  stop();
}

Result<void> HttpEndpoint::start(const std::string& listen) {
  http::ServerOptions options;
  options.listen = listen;
  options.max_connections = 64;
  server_ = http::make_server(runtime_, router_, metrics_, std::move(options));
  return server_->start();
}

void HttpEndpoint::stop() {
  if (server_) server_->drain(std::chrono::seconds(2));
  server_.reset();
}

http::Response HttpEndpoint::metrics_page() {
  auto text = metrics_.serialize();
  if (host_metrics_) text += to_text(host_.collect());
  auto response = http::Response::text(200, std::move(text));
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return response;
}

}  // namespace sluice::agent
