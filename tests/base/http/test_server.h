// TestServer: a real server on port 0 with routes for tests, and verbs to watch it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "base/http/server.h"
#include "base/runtime/io_runtime.h"
#include "base/telemetry/metrics.h"

namespace sluice::http::test {

// A handler waits here until the test lets it go or its request is cancelled.
class Gate {
 public:
  void wait_for_arrivals(int n);
  void open();
  // What the handler calls: false if cancelled.
  bool pass(const std::stop_token& cancel);
  // What a handler that ignores cancellation calls.
  void pass_stubbornly();
  void wait_for_cancellations(int n);

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int arrived_ = 0;
  int cancelled_ = 0;
  bool open_ = false;
};

class TestServer {
 public:
  explicit TestServer(ServerOptions options = quick_options(), RuntimeOptions runtime = {});

  static ServerOptions quick_options();  // port 0, generous timeouts
  std::uint16_t port() const { return server->port(); }
  std::string url(std::string_view path) const;
  // Does /metrics hold this text?
  bool exposes(std::string_view text) {
    return metrics.serialize().find(text) != std::string::npos;
  }

  Gate gate;
  std::atomic<int> sockets_closed{0};
  std::shared_ptr<WebSocket> socket;  // of the last /socket, after gate arrival
  std::weak_ptr<int> stream_resource;  // what the stream of the last /stuck-stream holds
  Metrics metrics;
  IoRuntime runtime;
  Router router;
  std::unique_ptr<Server> server;

 private:
  void add_routes();
};

std::string get(std::string_view path, std::string_view more_headers = "");
std::string post(std::string_view path, std::string_view body, std::string_view more_headers = "");

}  // namespace sluice::http::test
