#include "tests/demo/receive.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "base/http/server.h"
#include "base/runtime/io_runtime.h"
#include "base/runtime/signals.h"
#include "base/telemetry/metrics.h"
#include "tests/demo/notification.h"

namespace sluice::demo {
namespace {

constexpr std::chrono::seconds drain_limit{2};

http::Response print_notification(http::Request& request) {
  auto text = describe_notification(request.body);
  if (!text) return http::error_response(text.error());
  std::fputs(text->c_str(), stdout);
  std::fflush(stdout);
  return http::Response::text(200, "ok\n");
}

// By rename, so that a waiting script never reads half a number.
Result<void> write_port(const std::string& path, std::uint16_t port) {
  if (path.empty()) return {};
  const std::string temporary = path + ".new";
  std::ofstream out(temporary);
  out << port << '\n';
  out.close();
  if (!out || std::rename(temporary.c_str(), path.c_str()) != 0) {
    return Error{ErrorCode::io, "cannot write the port to " + path};
  }
  return {};
}

}  // namespace

void add_receiver_routes(http::Router& router) {
  http::RouteOptions options;
  options.role = http::Role::none;
  router.add("POST", "/{path...}", options, print_notification);
}

Result<void> receive_notifications(const ReceiveOptions& options) {
  block_signals();
  IoRuntime runtime({.io_threads = 1, .commit_threads = 1, .query_threads = 1, .queue_limit = 64});
  Metrics metrics;
  http::Router router;
  add_receiver_routes(router);
  http::ServerOptions server_options;
  server_options.listen = options.listen;
  const auto server = http::make_server(runtime, router, metrics, std::move(server_options));
  SLUICE_CHECK(server->start());
  SLUICE_CHECK(write_port(options.port_file, server->port()));
  fmt::print("waiting for notifications on http://127.0.0.1:{}/\n", server->port());
  std::fflush(stdout);
  wait_for_stop([] {});
  server->drain(drain_limit);
  return {};
}

}  // namespace sluice::demo
