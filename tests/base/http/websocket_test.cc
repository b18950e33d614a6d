// WebSockets: the server's queue and close, and our own client against it.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "base/http/client.h"
#include "base/http/websocket_queue.h"
#include "tests/base/http/raw_client.h"
#include "tests/base/http/test_server.h"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using namespace std::chrono_literals;

namespace {

void wait_for(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::yield();
}

std::string upgrade_request(std::string_view path) {
  return get(path,
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
}

}  // namespace

TEST_CASE("messages arrive in order, and the feed learns of the close") {
  TestServer server;
  const auto client = make_client(server.runtime, {});
  ClientRequest request;
  request.url = server.url("/socket");
  std::vector<std::string> received;
  std::jthread feed([&] {
    server.gate.wait_for_arrivals(1);
    server.socket->send("one");
    server.socket->send("two");
  });
  const auto result = client->websocket(request, [&](std::string_view text) {
    received.emplace_back(text);
    return text != "two";
  });
  CHECK(result.has_value());
  CHECK(received == std::vector<std::string>{"hello", "one", "two"});
  wait_for([&] { return server.sockets_closed == 1; });
  CHECK_FALSE(server.socket->open());
  CHECK_FALSE(server.socket->send("late"));
}

TEST_CASE("a refused upgrade is an HTTP error with its message") {
  TestServer server;
  const auto client = make_client(server.runtime, {});
  ClientRequest request;
  request.url = server.url("/socket?refuse=1");
  const auto result = client->websocket(request, [](std::string_view) { return true; });
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::invalid_argument);
  CHECK(result.error().message.find("no such query") != std::string::npos);
}

TEST_CASE("a plain GET on a WebSocket path is 426") {
  TestServer server;
  RawClient client(server.port());
  CHECK(client.ask(get("/socket")).status == 426);
}

TEST_CASE("the handshake is RFC 6455's") {
  TestServer server;
  RawClient client(server.port());
  const auto response = client.ask(upgrade_request("/socket"));
  CHECK(response.status == 101);
  CHECK(response.has("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

TEST_CASE("a peer that vanishes closes the socket and tells the feed once") {
  TestServer server;
  {
    RawClient client(server.port());
    CHECK(client.ask(upgrade_request("/socket")).status == 101);
  }
  wait_for([&] { return server.sockets_closed == 1; });
  server.server->drain(1s);
  CHECK(server.sockets_closed == 1);
}

TEST_CASE("a drain says goodbye to sockets") {
  TestServer server;
  const auto client = make_client(server.runtime, {});
  ClientRequest request;
  request.url = server.url("/socket");
  std::jthread drain([&] {
    server.gate.wait_for_arrivals(1);
    wait_for([&] { return server.exposes("sluice_http_connections 1"); });
    server.server->drain(1h);
  });
  const auto result = client->websocket(request, [](std::string_view) { return true; });
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.find("1001") != std::string::npos);
}

TEST_CASE("cancelling ends a WebSocket from the client's side") {
  TestServer server;
  const auto client = make_client(server.runtime, {});
  std::stop_source stop;
  ClientRequest request;
  request.url = server.url("/socket");
  request.cancel = stop.get_token();
  const auto result = client->websocket(request, [&](std::string_view) {
    stop.request_stop();
    return true;
  });
  CHECK(result.error().code == ErrorCode::cancelled);
  wait_for([&] { return server.sockets_closed == 1; });
}

TEST_CASE("a WebSocket queue is bounded and counts nothing it refused") {
  int woken = 0;
  WebSocketQueue queue(2, [&] { ++woken; });
  CHECK(queue.send("a"));
  CHECK(queue.send("b"));
  CHECK_FALSE(queue.send("c"));
  CHECK(woken == 2);
  CHECK(queue.pop() == "a");
  CHECK(queue.send("d"));
}

TEST_CASE("closing lets what is queued go out first") {
  WebSocketQueue queue(2, [] {});
  queue.send("a");
  queue.close(1000, "done");
  CHECK_FALSE(queue.send("b"));
  CHECK_FALSE(queue.close_request().has_value());
  CHECK(queue.pop() == "a");
  REQUIRE(queue.close_request().has_value());
  CHECK(queue.close_request()->reason == "done");
}
