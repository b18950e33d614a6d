// FakeServer: an HTTP server whose answers a test writes down, and the client run against it as a
// whole, from arguments to exit code.
#pragma once

#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "base/http/server.h"
#include "base/runtime/io_runtime.h"
#include "base/telemetry/metrics.h"
#include "query/cli/app.h"

namespace sluice::query::cli::test {

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

class FakeServer {
 public:
  FakeServer();

  // Before start().
  void on(std::string_view methods, std::string_view path, http::Handler handler);
  void answer(std::string_view methods, std::string_view path, int status, std::string body);
  void on_socket(std::string_view path, http::WebSocketHandler handler);
  void start();
  void stop();

  // Runs `sluice ARGS... --addr <this server>`; the clock stands still at `now`, sleeps return at
  // once and move the clock.
  Outcome run(std::vector<std::string> args, std::string input = "");
  std::string url() const;

  std::vector<http::Request> requests() const;                 // all that came, in order
  std::stop_source interrupt;                                  // Ctrl-C
  ManualClock clock{from_unix_ns(1'767'323'045'000'000'000)};  // 2026-01-02T03:04:05Z

 private:
  http::Handler recorded(http::Handler handler);

  mutable std::mutex mutex_;
  std::vector<http::Request> requests_;  // protected by mutex_
  Metrics metrics_;
  IoRuntime runtime_{RuntimeOptions{1, 1, 2, 64}};
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

// Without a server.
Outcome run_alone(std::vector<std::string> args);

}  // namespace sluice::query::cli::test
