// Log queries whose lines are sent while they run, and the slices behind every log query.
#include <nlohmann/json.hpp>

#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

constexpr double day = 86'400;
const std::string week = "&since=168h&limit=100";

http::Request stream_request(const std::string& parameters) {
  auto request = LokiFixture::request("/query_range", parameters);
  request.headers.set("Accept", "application/x-ndjson, application/json");
  return request;
}

// The documents of a streamed answer. Each piece is whole lines.
std::vector<json> documents(const http::Response& response) {
  REQUIRE(response.stream);
  std::string text = response.body;
  while (true) {
    const auto piece = response.stream();
    REQUIRE(bool(piece));
    if (!*piece) break;
    CHECK((*piece)->ends_with("\n"));
    text += **piece;
  }
  std::vector<json> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    out.push_back(json::parse(text.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

std::vector<std::string> lines_of(const json& streams) {
  std::vector<std::string> lines;
  for (const auto& stream : streams)
    for (const auto& value : stream["values"]) lines.push_back(value[1]);
  return lines;
}

// A line a day for five days, "0" today.
void add_days(LokiFixture& f) {
  for (int d = 4; d >= 0; --d) f.add({{"app", "a"}}, d * day + 10, std::to_string(d));
}

}  // namespace

TEST_CASE("lines are sent day by day, and Loki's answer without them at the end") {
  LokiFixture f;
  add_days(f);
  const auto response = f.router->dispatch(stream_request("query=" + enc(R"({app="a"})") + week));
  CHECK(response.status == 200);
  CHECK(response.headers.get("Content-Type") == "application/x-ndjson");
  const auto parts = documents(response);
  REQUIRE(parts.size() == 6);
  for (int d = 0; d < 5; ++d)
    CHECK(lines_of(parts[static_cast<std::size_t>(d)]["streams"]) ==
          std::vector<std::string>{std::to_string(d)});
  const auto& last = parts.back();
  CHECK(last["status"] == "success");
  CHECK(last["data"]["resultType"] == "streams");
  CHECK(last["data"]["result"] == json::array());
  CHECK(last["data"]["stats"]["summary"]["totalEntriesReturned"] == 5);
  CHECK(last["data"]["stats"]["summary"]["splits"] == 8);
  CHECK_FALSE(last.contains("warnings"));
}

TEST_CASE("forward, with categories, a limit and explain") {
  LokiFixture f;
  add_days(f);
  auto request = stream_request("query=" + enc(R"({app="a"} | logfmt)") +
                                "&since=168h&limit=3&direction=forward&explain=true");
  request.headers.set("X-Loki-Response-Encoding-Flags", "categorize-labels");
  const auto parts = documents(f.router->dispatch(request));
  REQUIRE(parts.size() == 4);
  CHECK(lines_of(parts[0]["streams"]) == std::vector<std::string>{"4"});
  CHECK(lines_of(parts[2]["streams"]) == std::vector<std::string>{"2"});
  CHECK(parts[0]["encodingFlags"] == json::array({"categorize-labels"}));
  CHECK(parts[0]["streams"][0]["values"][0].size() == 3);
  CHECK(parts.back()["data"]["explain"]["query"] == R"({app="a"} | logfmt)");
}

TEST_CASE("who does not ask for it gets Loki's document, each stream once") {
  LokiFixture f;
  add_days(f);
  const auto body = f.get("/query_range", "query=" + enc(R"({app="a"})") + week);
  REQUIRE(body["data"]["result"].size() == 1);
  CHECK(lines_of(body["data"]["result"]) == std::vector<std::string>{"0", "1", "2", "3", "4"});
  CHECK(body["data"]["stats"]["summary"]["splits"] == 8);
}

TEST_CASE("an error before the first line is a status; who has left gets no last line") {
  LokiFixture f;
  const auto bad = f.router->dispatch(stream_request("query=" + enc("{app=")));
  CHECK(bad.status == 400);
  CHECK_FALSE(bad.stream);
  add_days(f);
  std::stop_source gone;
  auto request = stream_request("query=" + enc(R"({app="a"})") + week);
  request.cancel = gone.get_token();
  const auto response = f.router->dispatch(request);
  REQUIRE(response.stream);
  gone.request_stop();
  const auto piece = response.stream();
  REQUIRE_FALSE(bool(piece));
  CHECK(piece.error().code == ErrorCode::cancelled);
}

TEST_CASE("a query that fails half-way says so in its last line") {
  LokiOptions options;
  options.limits.common().timeout = std::chrono::milliseconds{0};
  LokiFixture f(options);
  add_days(f);
  const auto now = f.router->dispatch(stream_request("query=" + enc(R"({app="a"})") + week));
  CHECK(now.status == 504);
  CHECK(now.body.starts_with("request timed out"));

  options.limits.common().timeout = std::chrono::hours{1};
  options.limits.common().together = std::make_shared<query::QueryMemory>(1 << 20);
  LokiFixture g(options);
  add_days(g);
  const auto response = g.router->dispatch(stream_request("query=" + enc(R"({app="a"})") + week));
  REQUIRE(response.stream);
  query::QueryContext others({}, options.limits.common());
  // What the first slice holds is given back; the second finds less room than a line needs.
  static_cast<void>(others.charge((1 << 20) - 100));
  const auto parts = documents(response);
  REQUIRE(parts.size() == 2);
  CHECK(parts[1]["status"] == "error");
  CHECK(parts[1]["code"] == 503);
  CHECK(parts[1]["error"].get<std::string>().find("need more memory") != std::string::npos);
}

TEST_CASE("interval thins over the borders of slices") {
  LokiFixture f;
  // 23:59:50 and 00:00:00 of the day before now (22:13:20), ten seconds apart.
  const double midnight = 22 * 3600 + 13 * 60 + 20;
  f.add({{"app", "a"}}, midnight + 10, "before");
  f.add({{"app", "a"}}, midnight, "at");
  f.add({{"app", "a"}}, midnight - 60, "after");
  const auto thin = [&](const std::string& more) {
    return lines_of(f.result("/query_range", "query=" + enc(R"({app="a"})") + week + more));
  };
  CHECK(thin("&interval=10s") == std::vector<std::string>{"after", "at", "before"});
  CHECK(thin("&interval=11s") == std::vector<std::string>{"after", "at"});
  CHECK(thin("&interval=11s&direction=forward") == std::vector<std::string>{"before", "after"});
}
