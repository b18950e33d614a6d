#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "base/http/address.h"
#include "base/http/client.h"
#include "tests/base/http/raw_client.h"
#include "tests/base/http/test_server.h"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using namespace std::chrono_literals;

namespace {

struct ClientFixture {
  explicit ClientFixture(ClientOptions options = {})
      : client(make_client(server.runtime, options)) {}

  ClientRequest to(std::string_view path) const {
    ClientRequest request;
    request.url = server.url(path);
    return request;
  }

  TestServer server;
  std::unique_ptr<Client> client;
};

}  // namespace

TEST_CASE("requests reuse their connection") {
  ClientFixture f;
  for (int i = 0; i < 5; ++i) CHECK(f.client->request(f.to("/hello")).value().body == "hello");
  CHECK(f.server.exposes("sluice_http_connections 1"));
}

TEST_CASE("bodies go out and come back, large ones too, gzip undone") {
  ClientFixture f;
  auto post_request = f.to("/big");
  post_request.method = "POST";
  post_request.body = std::string(5 << 20, 'x');
  CHECK(f.client->request(post_request).value().body == std::to_string(5 << 20));
  const auto response = f.client->request(f.to("/long")).value();
  CHECK(response.body == std::string(100'000, 'x'));
  CHECK_FALSE(response.headers.has("Content-Encoding"));
}

TEST_CASE("an HTTP error is a response, not an Error") {
  ClientFixture f;
  CHECK(f.client->request(f.to("/nowhere")).value().status == 404);
}

TEST_CASE("a server that is not there is unavailable, with its address") {
  ClientFixture f;
  ClientRequest request;
  request.url = "http://127.0.0.1:1/";
  const auto result = f.client->request(request);
  CHECK(result.error().code == ErrorCode::unavailable);
  CHECK(result.error().message.find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE("a slow answer is a timeout") {
  ClientFixture f;
  auto request = f.to("/wait");
  request.timeout = 30ms;
  CHECK(f.client->request(request).error().code == ErrorCode::timeout);
  f.server.gate.wait_for_cancellations(1);
}

TEST_CASE("a response over the limit is too_large") {
  ClientOptions options;
  options.max_response_bytes = 1000;
  ClientFixture f(options);
  CHECK(f.client->request(f.to("/long")).error().code == ErrorCode::too_large);
  CHECK(f.client->request(f.to("/stream?n=1000")).error().code == ErrorCode::too_large);
  CHECK(f.client->request(f.to("/hello")).value().status == 200);
}

TEST_CASE("a stream arrives in pieces and can be stopped") {
  ClientFixture f;
  std::size_t bytes = 0;
  const auto all = f.client->stream(f.to("/stream?n=5000"), [&](std::string_view piece) {
    bytes += piece.size();
    return true;
  });
  CHECK(all.value().status == 200);
  CHECK(bytes == 50'006);
  int pieces = 0;
  const auto part = f.client->stream(f.to("/stream?n=100000000"), [&](std::string_view) {
    return ++pieces < 3;
  });
  CHECK(part.value().status == 200);
  CHECK(pieces == 3);
}

TEST_CASE("a truncated stream is an Error, not a short success") {
  ClientFixture f;
  CHECK(f.client->request(f.to("/stream?n=3&broken=1")).error().code == ErrorCode::unavailable);
}

TEST_CASE("a kept connection that the server closed is replaced once") {
  auto options = TestServer::quick_options();
  TestServer first(options);
  const auto client = make_client(first.runtime, {});
  ClientRequest request;
  request.url = first.url("/hello");
  CHECK(client->request(request).value().status == 200);
  const std::uint16_t port = first.port();
  first.server.reset();
  options.listen = "127.0.0.1:" + std::to_string(port);
  TestServer second(options);
  CHECK(client->request(request).value().status == 200);
}

TEST_CASE("HEAD and 204 have no body to wait for") {
  ClientFixture f;
  auto request = f.to("/hello");
  request.method = "HEAD";
  const auto response = f.client->request(request).value();
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(f.client->request(f.to("/hello")).value().body == "hello");
}

TEST_CASE("URLs") {
  const auto url = parse_url("https://[::1]:8443/a?b=c#d").value();
  CHECK(url.tls);
  CHECK(url.host == "::1");
  CHECK(url.port == "8443");
  CHECK(url.target == "/a?b=c");
  CHECK(url.authority() == "[::1]:8443");
  CHECK(parse_url("http://host?x=1").value().target == "/?x=1");
  CHECK(parse_url("http://host").value().authority() == "host");
  for (const auto* bad : {"", "host:80", "ftp://host/", "http://", "http://:80/",
                          "http://user:secret@host/", "http://host:99999/", "http://h/a b"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_url(bad).has_value());
  }
}

TEST_CASE("listen addresses") {
  CHECK(parse_listen_address("127.0.0.1:3180").value().port() == 3180);
  CHECK(parse_listen_address("[::1]:0").value().address().is_v6());
  CHECK(parse_listen_address("localhost:1").value().address().is_loopback());
  CHECK(parse_listen_address(":3180").value().address().is_unspecified());
  for (const auto* bad :
       {"", "3180", "127.0.0.1", "host.example:80", "1.2.3.4:x", "1.2.3.4:70000"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_listen_address(bad).has_value());
  }
}
