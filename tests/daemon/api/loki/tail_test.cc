#include <nlohmann/json.hpp>

#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

struct Tail {
  std::shared_ptr<FakeSocket> socket = std::make_shared<FakeSocket>();
  std::function<void()> stop;
  std::string error;
};

Tail open(LokiFixture& f, const std::string& query, const std::string& more = "",
          const TenantId& tenant = default_tenant()) {
  Tail tail;
  auto request = f.request("/tail", "query=" + enc(query) + more);
  request.tenant = tenant;
  const auto match = f.router->match("GET", request.path);
  REQUIRE(match.route != nullptr);
  auto opened = match.route->websocket(request, tail.socket);
  if (opened)
    tail.stop = *opened;
  else
    tail.error = opened.error().message;
  return tail;
}

const LabelSet app_a{{"app", "a"}};
const LabelSet app_b{{"app", "b"}};

}  // namespace

TEST_CASE("a tail begins with history, oldest first, and goes on with what is pushed") {
  LokiFixture f;
  f.add(app_a, 20, "first");
  f.add(app_a, 10, "second");
  auto tail = open(f, R"({app="a"})");
  f.push(app_a, 1, "third");
  f.push(app_b, 1, "of another stream");
  f.push(app_a, 2, "fourth");
  CHECK(tail.socket->wait_for_lines(4) ==
        std::vector<std::string>{"first", "second", "third", "fourth"});
  const auto frames = tail.socket->wait_for(2);
  CHECK(frames[0]["streams"][0]["stream"] == json{{"app", "a"}});
  CHECK(frames[1]["streams"][0]["values"][0] == json::array({"1700000001000000000", "third"}));
  CHECK_FALSE(frames[0].contains("dropped_entries"));
  tail.stop();
}

TEST_CASE("the history of a tail is within what its tenant may see") {
  LokiOptions options;
  options.limits.common().max_lookback = std::chrono::hours{1};
  options.limits.common().max_length = std::chrono::hours{4};
  LokiFixture f(options);
  f.add(app_a, 7200, "old");
  f.add(app_a, 30, "new");
  auto tail = open(f, R"({app="a"})", "&start=1699990000");
  CHECK(tail.socket->wait_for_lines(1) == std::vector<std::string>{"new"});
  options.limits.common().max_lookback = {};
  LokiFixture unbound(options);
  CHECK(open(unbound, R"({app="a"})", "&since=5h").error ==
        "the query time range exceeds the limit (query length: 5h, limit: 4h)");
  CHECK(open(unbound, R"({app="a"})", "&since=4h").error.empty());
}

TEST_CASE("limit and start bound the history") {
  LokiFixture f;
  for (int i = 0; i < 5; ++i) f.add(app_a, 50 - i, std::to_string(i));
  auto tail = open(f, R"({app="a"})", "&limit=2");
  CHECK(tail.socket->wait_for(1)[0]["streams"][0]["values"].size() == 2);
  auto recent = open(f, R"({app="a"})", "&start=1699999999");
  f.push(app_a, 1, "new");
  CHECK(recent.socket->wait_for(1)[0]["streams"][0]["values"][0][1] == "new");
  tail.stop();
  recent.stop();
}

TEST_CASE("tails filter, parse and format") {
  LokiFixture f;
  auto tail = open(f, R"({app="a"} |= "level" | logfmt | level="warn" | line_format "{{.msg}}")");
  f.push(app_a, 1, "no such thing");
  f.push(app_a, 2, "level=info msg=a");
  f.push(app_a, 3, "level=warn msg=b");
  const auto frames = tail.socket->wait_for(1);
  CHECK(frames[0]["streams"][0]["values"][0][1] == "b");
  CHECK(frames[0]["streams"][0]["stream"] == json{{"app", "a"}, {"level", "warn"}, {"msg", "b"}});
  tail.stop();
}

TEST_CASE("a delayed tail holds up no other") {
  LokiFixture f;
  auto delayed = open(f, R"({app="a"})", "&delay_for=5");
  // The hub serves by the text of the delay: were both due at once, "5000000000" would be first.
  auto prompt = open(f, R"({app="b"})", "&delay_for=6ms");
  f.push(app_a, 1, "waits");
  // Several, so that one comes when the hub already sleeps until the delayed line is due.
  for (std::size_t i = 1; i <= 10; ++i) {
    f.push(app_b, 1, "does not");
    CHECK(prompt.socket->wait_for_lines(i).size() == i);
  }
  CHECK(delayed.socket->count() == 0);
  delayed.stop();
  prompt.stop();
}

TEST_CASE("equal queries share an evaluation and everyone is served") {
  LokiFixture f;
  auto one = open(f, R"({app="a"})");
  auto two = open(f, R"({ app = "a" })");
  f.push(app_a, 1, "x");
  CHECK(one.socket->wait_for(1)[0] == two.socket->wait_for(1)[0]);
  one.stop();
  f.push(app_a, 2, "y");
  CHECK(two.socket->wait_for(2).size() == 2);
  CHECK(one.socket->count() == 1);
  two.stop();
}

TEST_CASE("entries a slow client did not take are reported") {
  LokiFixture f;
  auto slow = open(f, R"({app="a"})");
  auto fast = open(f, R"({app="a"})");
  slow.socket->refuse(true);
  f.push(app_a, 1, "lost");
  // The slow one is served before the fast one.
  fast.socket->wait_for(1);
  slow.socket->refuse(false);
  f.push(app_a, 2, "arrives");
  const auto frames = slow.socket->wait_for(1);
  CHECK(frames[0]["streams"][0]["values"][0][1] == "arrives");
  CHECK(frames[0]["dropped_entries"] ==
        json::parse(R"([{"labels":{"app":"a"},"timestamp":"1700000001000000000"}])"));
  f.push(app_a, 3, "again");
  CHECK_FALSE(slow.socket->wait_for(2)[1].contains("dropped_entries"));
  slow.stop();
  fast.stop();
}

TEST_CASE("what is pushed while the history is read comes once") {
  for (int round = 0; round < 20; ++round) {
    LokiFixture f;
    f.add(app_a, 20, "history");
    f.logs.before_select = [&] { f.push(app_a, 1, "in both"); };
    auto tail = open(f, R"({app="a"})");
    f.logs.before_select = nullptr;
    f.push(app_a, 2, "live");
    CHECK(tail.socket->wait_for_lines(3) == std::vector<std::string>{"history", "in both", "live"});
    tail.stop();
  }
}

TEST_CASE("tails that cannot be are refused before the upgrade") {
  LokiOptions options;
  options.max_tails = 1;
  LokiFixture f(options);
  CHECK(open(f, "vector(1)").error == "only log queries can be tailed, not metric queries");
  CHECK(open(f, "{").error.starts_with("parse error"));
  CHECK(open(f, R"({app="a"})", "&delay_for=6").error == "delay_for can't be greater than 5");
  auto tail = open(f, R"({app="a"})");
  CHECK(open(f, R"({app="b"})").error ==
        "max concurrent tail requests limit exceeded, count > limit (2 > 1)");
  tail.stop();
  CHECK(open(f, R"({app="b"})").error.empty());
}

TEST_CASE("each tenant has a number of tails of its own") {
  LokiOptions options;
  const TenantId big{"big"};
  options.max_tails = 1;
  options.max_tails.set(big, 2);
  LokiFixture f(options);
  auto first = open(f, R"({app="a"})");
  auto second = open(f, R"({app="a"})", "", big);
  auto third = open(f, R"({app="a"})", "", big);
  CHECK(third.error.empty());
  CHECK(open(f, R"({app="a"})", "", big).error ==
        "max concurrent tail requests limit exceeded, count > limit (3 > 2)");
  second.stop();
  auto again = open(f, R"({app="a"})", "", big);
  CHECK(again.error.empty());
  for (auto* tail : {&first, &third, &again}) tail->stop();
}

TEST_CASE("tails end with the server, and nothing listens any more") {
  LokiFixture f;
  auto tail = open(f, R"({app="a"})");
  CHECK(f.listening);
  auto socket = tail.socket;
  f.router.reset();
  tail.stop = nullptr;
  CHECK_FALSE(f.listening);
  CHECK(socket->close_code() == 1001);
}
