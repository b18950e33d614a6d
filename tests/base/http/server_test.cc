// The server seen from the outside: real sockets, exact bytes.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "base/codec/compress.h"
#include "tests/base/http/raw_client.h"
#include "tests/base/http/test_server.h"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;
using namespace std::chrono_literals;

TEST_CASE("a connection serves one request after another") {
  TestServer server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    const auto response = client.ask(get("/hello"));
    CHECK(response.status == 200);
    CHECK(response.body == "hello");
    CHECK_FALSE(response.has("Connection: close"));
  }
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the answer") {
  TestServer server;
  RawClient modern(server.port());
  CHECK(modern.ask(get("/hello", "Connection: close\r\n")).has("Connection: close"));
  CHECK(modern.closed_by_server());

  RawClient old(server.port());
  CHECK(old.ask("GET /hello HTTP/1.0\r\n\r\n").body == "hello");
  CHECK(old.closed_by_server());

  RawClient kept(server.port());
  const std::string request = "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  CHECK(kept.ask(request).has("Connection: keep-alive"));
  CHECK(kept.ask(request).status == 200);
}

TEST_CASE("pipelined requests are answered in order, also behind a slow one") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/wait") + post("/echo", "two") + get("/hello") + get("/label/four/values"));
  server.gate.wait_for_arrivals(1);
  server.gate.open();
  CHECK(client.receive().body == "waited");
  CHECK(client.receive().body == "two");
  CHECK(client.receive().body == "hello");
  CHECK(client.receive().body == "four");
}

TEST_CASE("a pipelined request survives the watch for a disconnect in every split") {
  TestServer server;
  const std::string requests = post("/echo", "one") + post("/echo", "two");
  for (std::size_t at = 1; at < requests.size(); at += 3) {
    RawClient client(server.port());
    client.send(std::string_view(requests).substr(0, at));
    client.send(std::string_view(requests).substr(at));
    REQUIRE(client.receive().body == "one");
    REQUIRE(client.receive().body == "two");
  }
}

TEST_CASE("what is not HTTP gets 400 and harms nobody else") {
  TestServer server;
  RawClient bystander(server.port());
  CHECK(bystander.ask(get("/hello")).status == 200);
  const std::string cases[] = {
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
      "GARBAGE\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
      "GET /hello HTTP/1.1\r\n\r\n",                                      // no Host
      "GET hello HTTP/1.1\r\nHost: a\r\n\r\n",                            // no path
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
      "Transfer-Encoding: chunked\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
  };
  for (const auto& bytes : cases) {
    CAPTURE(bytes);
    RawClient client(server.port());
    const auto response = client.ask(bytes);
    CHECK(response.status == 400);
    CHECK(response.has("Connection: close"));
    client.finish_sending();
    CHECK(client.closed_by_server());
  }
  CHECK(bystander.ask(get("/hello")).status == 200);
}

TEST_CASE("transfer codings and expectations we do not speak are refused") {
  TestServer server;
  RawClient coding(server.port());
  CHECK(coding.ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")
            .status == 501);
  RawClient expectation(server.port());
  CHECK(expectation.ask(get("/hello", "Expect: miracles\r\n")).status == 417);
}

TEST_CASE("a head over the limit is 431") {
  auto options = TestServer::quick_options();
  options.max_header_bytes = 1024;
  TestServer server(options);
  RawClient client(server.port());
  const auto response = client.ask(get("/hello", "X-Long: " + std::string(2000, 'x') + "\r\n"));
  CHECK(response.status == 431);
  RawClient exact(server.port());
  CHECK(exact.ask(get("/hello", "X-Long: " + std::string(800, 'x') + "\r\n")).status == 200);
}

TEST_CASE("a body over the route's limit is 413 before it is read") {
  TestServer server;
  RawClient client(server.port());
  const auto early = client.ask(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n");
  CHECK(early.status == 413);
  CHECK(early.has("Connection: close"));

  RawClient exact(server.port());
  CHECK(exact.ask(post("/echo", std::string(65536, 'x'))).status == 200);
}

TEST_CASE("a client that sends a refused body in full can still read the answer") {
  TestServer server;
  RawClient client(server.port());
  CHECK(client.send(post("/echo", std::string(20 << 20, 'x'))));
  CHECK(client.receive().status == 413);
}

TEST_CASE("a chunked body is limited too, and read in order") {
  TestServer server;
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  RawClient client(server.port());
  CHECK(client.ask(head + "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n").body ==
        "abcdefg");
  CHECK(client.ask(get("/hello")).status == 200);

  RawClient big(server.port());
  CHECK(big.ask(head + "10001\r\n" + std::string(65537, 'x')).status == 413);

  RawClient endless_extension(server.port());
  CHECK(endless_extension.ask(head + "3;" + std::string(200'000, 'x')).status == 400);
}

TEST_CASE("a truncated body gets no handler run") {
  TestServer server;
  const std::string head = "POST /wait HTTP/1.1\r\nHost: a\r\n";
  for (const auto& bytes : {head + "Content-Length: 10\r\n\r\nabc",
                            head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    RawClient client(server.port());
    client.send(bytes);
    client.finish_sending();
    CHECK(client.receive_all().empty());
  }
  CHECK_FALSE(server.exposes("route=\"/wait\""));
}

TEST_CASE("a slow client is told 408, a silent one is just closed") {
  auto options = TestServer::quick_options();
  options.header_timeout = 50ms;
  options.body_timeout = 50ms;
  options.idle_timeout = 50ms;
  TestServer server(options);
  RawClient slow_head(server.port());
  CHECK(slow_head.ask("GET /hello HT").status == 408);
  RawClient slow_body(server.port());
  const std::string half = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab";
  CHECK(slow_body.ask(half).status == 408);
  RawClient silent(server.port());
  CHECK(silent.receive_all().empty());
  RawClient idle(server.port());
  CHECK(idle.ask(get("/hello")).status == 200);
  CHECK(idle.receive_all().empty());
}

TEST_CASE("compressed bodies reach the handler plain, without their Content-Encoding") {
  TestServer server;
  const std::string text(5000, 'a');
  const std::pair<std::string, std::string> cases[] = {
      {"gzip", gzip_compress(text)}, {"x-gzip", gzip_compress(text)}, {"GZIP", gzip_compress(text)},
      {"zstd", zstd_compress(text)}, {"snappy", snappy_compress(text)}, {"identity", text}};
  RawClient client(server.port());
  for (const auto& [encoding, body] : cases) {
    CAPTURE(encoding);
    const auto response = client.ask(post("/echo", body, "Content-Encoding: " + encoding + "\r\n"));
    CHECK(response.status == 200);
    CHECK(response.body == text);
    CHECK(response.has("X-Encoding-Seen: no"));
  }
}

TEST_CASE("unknown encodings are 415, damaged ones 400, bombs 413") {
  TestServer server;
  RawClient unknown(server.port());
  CHECK(unknown.ask(post("/echo", "x", "Content-Encoding: br\r\n")).status == 415);

  RawClient client(server.port());
  const std::string bomb(50 << 20, '\0');
  const std::pair<std::string, std::string> bombs[] = {
      {"gzip", gzip_compress(bomb, 9)}, {"zstd", zstd_compress(bomb)}};
  for (const auto& [encoding, body] : bombs) {
    CAPTURE(encoding, body.size());
    const std::string headers = "Content-Encoding: " + encoding + "\r\n";
    CHECK(client.ask(post("/big", body, headers)).status == 413);
    CHECK(client.ask(post("/echo", "not compressed", headers)).status == 400);
  }
  const std::string half = gzip_compress("abcdef").substr(0, 15);
  CHECK(client.ask(post("/echo", half, "Content-Encoding: gzip\r\n")).status == 400);
}

TEST_CASE("wrong paths are 404, wrong methods 405 with Allow") {
  TestServer server;
  RawClient client(server.port());
  CHECK(client.ask(get("/nowhere")).status == 404);
  const auto response = client.ask("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(response.status == 405);
  CHECK(response.has("Allow: POST, PUT"));
  CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("path parameters are decoded within their segment") {
  TestServer server;
  RawClient client(server.port());
  CHECK(client.ask(get("/label/a%2Fb%20c/values")).body == "a/b c");
}

TEST_CASE("HEAD answers as GET without the body") {
  TestServer server;
  RawClient client(server.port());
  client.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto response = client.receive(true);
  CHECK(response.status == 200);
  CHECK(response.has("Content-Length: 5"));
  CHECK(client.ask(get("/hello")).body == "hello");
}

TEST_CASE("Expect: 100-continue is answered before the body is awaited") {
  TestServer server;
  RawClient client(server.port());
  const auto go = client.ask(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  CHECK(go.status == 100);
  CHECK(client.ask("abc").body == "abc");

  RawClient refused(server.port());
  CHECK(refused.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n"
                    "Expect: 100-continue\r\n\r\n").status == 413);
}

TEST_CASE("a urlencoded body's parameters follow the URL's") {
  TestServer server;
  RawClient client(server.port());
  const auto response =
      client.ask(post("/echo?a=1", "b=2&a=3+4",
                      "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"));
  CHECK(response.has("X-Query: a=1&b=2&a=3%204"));
}

TEST_CASE("responses over 1 KiB are gzipped when the client accepts it") {
  TestServer server;
  RawClient client(server.port());
  const auto zipped = client.ask(get("/long", "Accept-Encoding: deflate, gzip;q=0.5\r\n"));
  CHECK(zipped.has("Content-Encoding: gzip"));
  CHECK(gzip_decompress(zipped.body, 1 << 20).value() == std::string(100'000, 'x'));
  CHECK(client.ask(get("/long")).body.size() == 100'000);
  CHECK_FALSE(client.ask(get("/hello", "Accept-Encoding: gzip\r\n")).has("Content-Encoding: gzip"));
}

TEST_CASE("streams come in chunks; a failing one is visibly cut off") {
  TestServer server;
  RawClient client(server.port());
  const auto whole = client.ask(get("/stream?n=1000"));
  CHECK(whole.complete);
  CHECK(whole.body.size() == 6 + 10'000);
  CHECK(client.ask(get("/hello")).status == 200);

  const auto broken = client.ask(get("/stream?n=2&broken=1"));
  CHECK(broken.status == 200);
  CHECK_FALSE(broken.complete);
  CHECK(broken.body == "first\n123456789\n123456789\n");

  RawClient old(server.port());
  CHECK(old.ask("GET /stream?n=1 HTTP/1.0\r\n\r\n").body == "first\n123456789\n");
}

TEST_CASE("a throwing handler is a 500 and the connection goes on") {
  TestServer server;
  RawClient client(server.port());
  CHECK(client.ask(get("/throws")).status == 500);
  CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("a handler past its route's deadline is cancelled and the client gets 504") {
  TestServer server;
  RawClient client(server.port());
  CHECK(client.ask(get("/short")).status == 504);
  server.gate.wait_for_cancellations(1);
  CHECK(client.ask(get("/hello")).status == 200);
}

TEST_CASE("a disconnect cancels the handler") {
  TestServer server;
  RawClient client(server.port());
  client.send(get("/wait"));
  server.gate.wait_for_arrivals(1);
  client.close();
  server.gate.wait_for_cancellations(1);
  SUCCEED("the handler was told");
}

TEST_CASE("connections over the limit are told 503") {
  auto options = TestServer::quick_options();
  options.max_connections = 2;
  TestServer server(options);
  RawClient a(server.port());
  RawClient b(server.port());
  CHECK(a.ask(get("/hello")).status == 200);
  CHECK(b.ask(get("/hello")).status == 200);
  RawClient c(server.port());
  const auto response = c.receive();
  CHECK(response.status == 503);
  CHECK(response.has("Retry-After: 1"));
  CHECK(a.ask(get("/hello")).status == 200);
}

TEST_CASE("bodies over the server's budget are 429 with Retry-After before they are read") {
  auto options = TestServer::quick_options();
  options.max_body_bytes_in_flight = 1000;
  TestServer server(options);
  RawClient holder(server.port());
  holder.send(post("/wait", std::string(900, 'x')));
  server.gate.wait_for_arrivals(1);
  RawClient client(server.port());
  const auto refused = client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
  CHECK(refused.status == 429);
  CHECK(refused.has("Retry-After: 1"));
  server.gate.open();
  CHECK(holder.receive().status == 200);
  RawClient again(server.port());
  CHECK(again.ask(post("/echo", std::string(200, 'x'))).status == 200);
}

TEST_CASE("a full pool is 429") {
  RuntimeOptions runtime;
  runtime.query_threads = 1;
  runtime.queue_limit = 1;
  TestServer server(TestServer::quick_options(), runtime);
  RawClient running(server.port());
  running.send(get("/wait"));
  server.gate.wait_for_arrivals(1);
  RawClient queued(server.port());
  queued.send(get("/wait"));
  while (server.runtime.query_pool().queued() < 1) std::this_thread::yield();
  RawClient refused(server.port());
  const auto response = refused.ask(get("/wait"));
  CHECK(response.status == 429);
  CHECK(response.has("Retry-After: 1"));
  server.gate.open();
  CHECK(running.receive().status == 200);
  CHECK(queued.receive().status == 200);
}

TEST_CASE("requests are counted by route, method and code") {
  TestServer server;
  RawClient client(server.port());
  client.ask(get("/label/x/values"));
  client.ask(get("/nowhere"));
  client.ask(get("/hello"));  // by now the two before are recorded
  const std::string text = server.metrics.serialize();
  CAPTURE(text);
  CHECK(text.find("sluice_http_requests_total{code=\"200\",method=\"GET\","
                  "route=\"/label/{name}/values\"} 1") != text.npos);
  CHECK(text.find("sluice_http_requests_total{code=\"404\",method=\"GET\","
                  "route=\"unmatched\"} 1") != text.npos);
}
