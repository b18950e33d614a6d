// Headers, parameters, percent encoding, serialization, content coding negotiation, planning.
#include <catch2/catch_test_macros.hpp>

#include "base/http/content_encoding.h"
#include "base/http/message.h"
#include "base/http/plan.h"
#include "base/http/serialize.h"

using namespace sluice;
using namespace sluice::http;

TEST_CASE("header names compare without case; set replaces all") {
  Headers headers;
  headers.add("X-A", "1");
  headers.add("x-a", "2");
  CHECK(headers.get("X-a") == "1");
  headers.set("X-A", "3");
  CHECK(std::distance(headers.begin(), headers.end()) == 1);
  headers.remove("x-A");
  CHECK_FALSE(headers.has("X-A"));
  CHECK(headers.get("X-A").empty());
}

TEST_CASE("parameters keep order and repetition") {
  const auto params = Params::parse("match[]=a&match%5B%5D=b+c&empty=&bare&&x=1=2");
  CHECK(params.all("match[]") == std::vector<std::string>{"a", "b c"});
  CHECK(params.get("empty") == "");
  CHECK(params.get("bare") == "");
  CHECK(params.get("x") == "1=2");
  CHECK_FALSE(params.has("y"));
  CHECK(params.get_or("y", "z") == "z");
}

TEST_CASE("percent encoding round-trips every byte") {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(percent_decode(percent_encode(all), true) == all);
  Params params;
  params.add(all, all);
  CHECK(Params::parse(params.encode()).get(all) == all);
}

TEST_CASE("broken percent escapes are left as they are") {
  for (const auto* text : {"%", "%4", "%zz", "a%4"}) CHECK(percent_decode(text, false) == text);
  CHECK(percent_decode("%41+%2b", false) == "A++");
  CHECK(percent_decode("%41+%2b", true) == "A +");
}

TEST_CASE("errors say what they are in Prometheus' shape") {
  const auto bad = error_response({ErrorCode::parse, "1:2: \"oops\""});
  CHECK(bad.status == 400);
  CHECK(bad.body == R"({"status":"error","errorType":"bad_data","error":"1:2: \"oops\""})");
  CHECK(error_response({ErrorCode::limit_exceeded, ""}).headers.get("Retry-After") == "1");
  CHECK(error_response({ErrorCode::no_space, ""}).headers.has("Retry-After"));
}

TEST_CASE("a header value cannot start a new header") {
  Response response = Response::text(200, "x");
  response.headers.set("X-Evil", "a\r\nSet-Cookie: b");
  response.headers.set("Content-Length", "99");
  const std::string head = serialize_head(response, {});
  CHECK(head.find("\r\nSet-Cookie") == head.npos);
  CHECK(head.find("Content-Length: 1\r\n") != head.npos);
  CHECK(head.find("99") == head.npos);
}

TEST_CASE("a body's framing follows status, stream and version") {
  Response plain = Response::text(200, "x");
  Response stream = plain;
  stream.stream = [] { return std::optional<std::string>(); };
  CHECK(body_kind(plain, {11, false, true}) == BodyKind::length);
  CHECK(body_kind(stream, {11, false, true}) == BodyKind::chunked);
  CHECK(body_kind(stream, {10, false, true}) == BodyKind::until_close);
  CHECK(body_kind(Response::no_content(), {11, false, true}) == BodyKind::none);
  CHECK(serialize_head(stream, {10, false, true}).find("Connection: close") != std::string::npos);
  CHECK(chunk("abc") == "3\r\nabc\r\n");
  CHECK(chunk("") == "0\r\n\r\n");
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("Accept-Encoding is weighed") {
  const std::pair<const char*, bool> cases[] = {
      {"gzip", true}, {"GZIP", true}, {"deflate, gzip;q=0.1", true}, {"*", true},
      {"gzip;q=0", false}, {"gzip;q=0.000", false}, {"*;q=0", false}, {"br", false},
      {"", false}, {"identity", false}, {"gzip;q=0, *", false}};
  for (const auto& [header, accepted] : cases) {
    CAPTURE(header);
    CHECK(accepts_gzip(header) == accepted);
  }
}

TEST_CASE("only what shrinks is compressed, and caches are told") {
  Response json = Response::json(200, std::string(2000, ' '));
  encode_content(json, "");
  CHECK(json.headers.get("Vary") == "Accept-Encoding");
  CHECK_FALSE(json.headers.has("Content-Encoding"));
  Response image = Response::text(200, std::string(2000, ' '));
  image.headers.set("Content-Type", "image/png");
  encode_content(image, "gzip");
  CHECK_FALSE(image.headers.has("Content-Encoding"));
}

namespace {

RequestHead head(std::string method, std::string target) {
  RequestHead h;
  h.method = std::move(method);
  h.target = std::move(target);
  h.headers.add("Host", "h");
  h.keep_alive = true;
  return h;
}

}  // namespace

TEST_CASE("a plan splits the target and decodes its parts") {
  Router router;
  router.add("GET", "/a/{x}/c", {}, [](Request&) { return Response::no_content(); });
  const auto open = Authenticator::load({}).value();
  const auto plan = plan_request(router, open, head("GET", "http://host/a/b%2Fb/c?q=%7B%7D&r=1"));
  REQUIRE_FALSE(plan.refusal.has_value());
  CHECK(plan.request.path == "/a/b/b/c");
  CHECK(plan.request.path_params.at("x") == "b/b");
  CHECK(plan.request.query.get("q") == "{}");
  CHECK(plan.keep_alive);
  CHECK(plan_request(router, open, head("GET", "*")).refusal->status == 400);
}

TEST_CASE("a plan refuses a known too long body but not an unknown length") {
  Router router;
  router.add("POST", "/p", {Pool::commit, Role::ingest, 10}, [](Request&) {
    return Response::no_content();
  });
  const auto open = Authenticator::load({}).value();
  auto h = head("POST", "/p");
  h.has_body = true;
  CHECK_FALSE(plan_request(router, open, h).refusal.has_value());
  h.content_length = 11;
  CHECK(plan_request(router, open, h).refusal->status == 413);
}
