// Graceful drain: idle connections go at once, busy ones finish, stragglers are cut.
#include <catch2/catch_test_macros.hpp>
#include <stdexcept>
#include <thread>

#include "tests/base/http/raw_client.h"
#include "tests/base/http/test_server.h"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using namespace std::chrono_literals;

namespace {

bool accepts_connections(const TestServer& server) {
  try {
    RawClient probe(server.port());
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("a drain without connections returns at once, and again") {
  TestServer server;
  server.server->drain(1h);
  server.server->drain(1h);
  CHECK_THROWS(RawClient(server.port()));
}

TEST_CASE("idle connections are closed at once, whatever the deadline") {
  TestServer server;
  RawClient used(server.port());
  CHECK(used.ask(get("/hello")).status == 200);
  RawClient silent(server.port());
  server.server->drain(1h);
  CHECK(used.receive_all().empty());
  CHECK(silent.receive_all().empty());
}

TEST_CASE("a busy connection finishes and says Connection: close") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/wait"));
  server.gate.wait_for_arrivals(1);
  std::jthread drain([&] { server.server->drain(1h); });
  // The port closes as the drain begins; only then may the handler finish.
  while (accepts_connections(server)) std::this_thread::yield();
  server.gate.open();
  const auto response = client.receive();
  CHECK(response.status == 200);
  CHECK(response.has("Connection: close"));
  CHECK(client.closed_by_server());
}

TEST_CASE("a handler that listens is cancelled at the deadline") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/wait"));
  server.gate.wait_for_arrivals(1);
  server.server->drain(10ms);
  server.gate.wait_for_cancellations(1);
  CHECK(client.receive_all().empty());
}

TEST_CASE("a stuck handler is cut off at the deadline and awaited only by the destructor") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/stuck"));
  server.gate.wait_for_arrivals(1);
  server.server->drain(10ms);
  CHECK(client.receive_all().empty());
  server.gate.open();
}

TEST_CASE("nothing a handler returned outlives the server") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/stuck-stream"));
  server.gate.wait_for_arrivals(1);
  server.server->drain(10ms);
  CHECK_FALSE(server.stream_resource.expired());
  server.gate.open();
  server.server.reset();
  CHECK(server.stream_resource.expired());
}

TEST_CASE("a connection that arrives as the drain begins does not disturb it") {
  for (int i = 0; i < 50; ++i) {
    TestServer server;
    const std::uint16_t port = server.port();
    std::jthread visitor([port] {
      try {
        RawClient(port).receive_all();
      } catch (const std::runtime_error&) {
        // Refused: the drain was faster.
      }
    });
    server.server.reset();
    visitor.join();
    CHECK_THROWS(RawClient(port));
  }
}

TEST_CASE("half a request does not hold the drain past its deadline") {
  TestServer server;
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");
  RawClient head(server.port());
  head.send("GET /he");
  server.server->drain(10ms);
  CHECK(client.receive_all().empty());
  CHECK(head.receive_all().empty());
}
