#include "agent/http_endpoint.h"

namespace sluice::agent {

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
