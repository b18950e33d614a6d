#include "tests/query/cli/fake_server.h"

#include <cstdlib>

namespace sluice::query::cli::test {

namespace {

Outcome run_with(std::vector<std::string> args, const std::string& input, ManualClock& clock,
                 std::stop_token stop) {
  // What the environment of whoever runs the tests says must not matter.
  for (const char* name : {"SLUICE_ADDR", "LOKI_ADDR", "SLUICE_TENANT", "LOKI_ORG_ID",
                           "SLUICE_TOKEN_FILE", "LOKI_BEARER_TOKEN_FILE", "NO_COLOR"}) {
    ::unsetenv(name);
  }
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(input);
  args.insert(args.end(), {"-z", "UTC"});
  World world{out, err, in, false, clock, std::move(stop), [&clock](std::chrono::milliseconds t) {
                clock.advance(t);
              }};
  const ExitCode code = run(std::move(args), std::move(world));
  return {static_cast<int>(code), out.str(), err.str()};
}

}  // namespace

FakeServer::FakeServer() = default;

http::Handler FakeServer::recorded(http::Handler handler) {
  return [this, handler = std::move(handler)](http::Request& request) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    return handler(request);
  };
}

void FakeServer::on(std::string_view methods, std::string_view path, http::Handler handler) {
  router_.add(methods, path, {http::Pool::query, http::Role::none, 8 << 20},
              recorded(std::move(handler)));
}

void FakeServer::answer(std::string_view methods, std::string_view path, int status,
                        std::string body) {
  on(methods, path, [status, body = std::move(body)](http::Request&) {
    return http::Response::json(status, body);
  });
}

void FakeServer::on_socket(std::string_view path, http::WebSocketHandler handler) {
  router_.add_websocket(path, {http::Pool::query, http::Role::none}, std::move(handler));
}

void FakeServer::start() {
  http::ServerOptions options;
  options.listen = "127.0.0.1:0";
  server_ = http::make_server(runtime_, router_, metrics_, options);
  server_->start().value();
}

void FakeServer::stop() {
  server_.reset();
}

std::string FakeServer::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port());
}

Outcome FakeServer::run(std::vector<std::string> args, std::string input) {
  args.insert(args.end(), {"--addr", url()});
  return run_with(std::move(args), input, clock, interrupt.get_token());
}

std::vector<http::Request> FakeServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

Outcome run_alone(std::vector<std::string> args) {
  ManualClock clock(from_unix_ns(1'767'323'045'000'000'000));
  return run_with(std::move(args), "", clock, {});
}

}  // namespace sluice::query::cli::test
