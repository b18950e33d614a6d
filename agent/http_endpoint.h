// The agent's own HTTP: GET /metrics (its own and the host's), /-/ready, /-/healthy.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "agent/host/host_metrics.h"
#include "base/http/server.h"
#include "base/telemetry/metrics.h"

namespace sluice::agent {

class HttpEndpoint {
 public:
  // The arguments must outlive it.
  HttpEndpoint(IoRuntime& runtime, Metrics& metrics, HostMetrics& host, bool host_metrics);
  ~HttpEndpoint();

  Result<void> start(const std::string& listen);
  void stop();
  void set_ready(bool ready) { ready_ = ready; }
  std::uint16_t port() const { return server_ ? server_->port() : 0; }

 private:
  http::Response metrics_page();

  IoRuntime& runtime_;
  Metrics& metrics_;
  HostMetrics& host_;
  const bool host_metrics_;
  std::atomic<bool> ready_{false};
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace sluice::agent
