// The agent's own HTTP: GET /metrics (its own and the host's), /-/ready, /-/healthy, and what it
// scrapes.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "agent/host/host_metrics.h"
#include "base/http/server.h"
#include "base/scrape/scraper.h"
#include "base/telemetry/metrics.h"

namespace sluice::agent {

class HttpEndpoint {
 public:
  // The arguments must outlive it.
  HttpEndpoint(IoRuntime& runtime, Metrics& metrics, HostMetrics& host, bool host_metrics);
  ~HttpEndpoint();

  // GET /api/v1/targets and /api/v1/scrape_pools, as Prometheus answers them. Before start().
  void show_targets(const std::string& host, std::function<scrape::ScrapeStatus()> status);
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
