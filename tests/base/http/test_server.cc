#include "tests/base/http/test_server.h"

#include <stdexcept>

namespace sluice::http::test {

void Gate::wait_for_arrivals(int n) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return arrived_ >= n; });
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

bool Gate::pass(const std::stop_token& cancel) {
  std::unique_lock lock(mutex_);
  ++arrived_;
  changed_.notify_all();
  if (changed_.wait(lock, cancel, [&] { return open_; })) return true;
  ++cancelled_;
  changed_.notify_all();
  return false;
}

void Gate::pass_stubbornly() {
  std::unique_lock lock(mutex_);
  ++arrived_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return open_; });
}

void Gate::wait_for_cancellations(int n) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return cancelled_ >= n; });
}

ServerOptions TestServer::quick_options() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  return options;
}

TestServer::TestServer(ServerOptions options, RuntimeOptions runtime_options)
    : runtime(runtime_options) {
  add_routes();
  server = make_server(runtime, router, metrics, std::move(options));
  server->start().value();
}

std::string TestServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

namespace {

Response echo(Request& request) {
  Response response = Response::text(200, request.body);
  response.headers.set("X-Encoding-Seen",
                       request.headers.has("Content-Encoding") ? "yes" : "no");
  response.headers.set("X-Query", request.query.encode());
  response.headers.set("X-Tenant", request.tenant.value);
  return response;
}

// "n" lines of 10 bytes, a pull each.
Response stream_lines(Request& request) {
  Response response = Response::text(200, "first\n");
  auto left = std::make_shared<int>(std::stoi(request.query.get_or("n", "3")));
  const bool broken = request.query.has("broken");
  response.stream = [left, broken]() -> Result<std::optional<std::string>> {
    if ((*left)-- > 0) return std::optional<std::string>("123456789\n");
    if (broken) return Error{ErrorCode::io, "the disk is gone"};
    return std::optional<std::string>();
  };
  return response;
}

}  // namespace

void TestServer::add_routes() {
  const auto hello = [](Request&) { return Response::text(200, "hello"); };
  router.add("GET", "/hello", {Pool::inline_, Role::read}, hello);
  router.add("GET", "/open", {Pool::inline_, Role::none}, hello);
  router.add("POST|PUT", "/echo", {Pool::commit, Role::ingest, 64 << 10}, echo);
  router.add("POST", "/big", {Pool::commit, Role::ingest, 8 << 20}, [](Request& r) {
    return Response::text(200, std::to_string(r.body.size()));
  });
  router.add("GET", "/label/{name}/values", {}, [](Request& r) {
    return Response::text(200, r.path_params.at("name"));
  });
  router.add("GET", "/stream", {}, stream_lines);
  router.add("GET", "/long", {}, [](Request&) {
    return Response::text(200, std::string(100'000, 'x'));
  });
  router.add("GET", "/throws", {}, [](Request&) -> Response { throw std::runtime_error("oops"); });
  router.add("GET|POST", "/wait", {}, [this](Request& r) {
    return Response::text(gate.pass(r.cancel) ? 200 : 499, "waited");
  });
  router.add("GET", "/stuck", {}, [this](Request&) {
    gate.pass_stubbornly();
    return Response::text(200, "at last");
  });
  router.add("GET", "/stuck-stream", {}, [this](Request&) {
    Response response = Response::text(200, "first\n");
    auto resource = std::make_shared<int>(0);
    stream_resource = resource;
    response.stream = [this, resource]() -> Result<std::optional<std::string>> {
      gate.pass_stubbornly();
      return std::optional<std::string>();
    };
    return response;
  });
  router.add("GET", "/short", {Pool::query, Role::read, 1 << 20, std::chrono::milliseconds{50}},
             [this](Request& r) {
               return Response::text(gate.pass(r.cancel) ? 200 : 499, "waited");
             });
  router.add_websocket("/socket", {},
                       [this](Request& r, std::shared_ptr<WebSocket> s)
                           -> Result<std::function<void()>> {
                         if (r.query.has("refuse")) return invalid_argument("no such query");
                         s->send("hello");
                         socket = std::move(s);
                         gate.open();
                         gate.pass(r.cancel);
                         return std::function<void()>([this] { ++sockets_closed; });
                       });
}

std::string get(std::string_view path, std::string_view more_headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) +
         "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view more_headers) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n" + std::string(more_headers) + "\r\n" +
         std::string(body);
}

}  // namespace sluice::http::test
