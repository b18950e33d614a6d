// /api/prom: what Loki had before 1.0, as its clients use it.
#include <nlohmann/json.hpp>

#include "daemon/api/loki/tail_listener.h"
#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

http::Response call(LokiFixture& f, const std::string& path, const std::string& parameters = "") {
  http::Request request;
  request.method = "GET";
  request.path = "/api/prom" + path;
  request.query = http::Params::parse(parameters);
  return f.router->dispatch(request);
}

json get(LokiFixture& f, const std::string& path, const std::string& parameters = "") {
  const auto response = call(f, path, parameters);
  INFO(response.body);
  REQUIRE(response.status == 200);
  return json::parse(response.body);
}

const std::string app_a_query = "query=" + enc(R"({app="a"})");

}  // namespace

TEST_CASE("legacy query: labels as text, times in RFC 3339, newest first") {
  LokiFixture f;
  f.add({{"app", "a"}, {"pod", "p"}}, 20, "first");
  f.add({{"app", "a"}, {"pod", "p"}}, 10.5, "second");
  const auto body = get(f, "/query", app_a_query);
  CHECK(body["streams"] ==
        json::array(
            {{{"labels", R"({app="a", pod="p"})"},
              {"entries", json::array({{{"ts", "2023-11-14T22:13:09.5Z"}, {"line", "second"}},
                                       {{"ts", "2023-11-14T22:13:00Z"}, {"line", "first"}}})}}}));
  CHECK(body["stats"]["summary"]["totalEntriesReturned"] == 2);
  const auto forward = get(f, "/query", app_a_query + "&direction=FORWARD&limit=1");
  CHECK(forward["streams"][0]["entries"][0]["line"] == "first");
}

TEST_CASE("legacy query: regexp filters, metrics and bad queries are refused") {
  LokiFixture f;
  f.add({{"app", "a"}}, 20, "GET \"/x\" 200");
  f.add({{"app", "a"}}, 10, "GET \"/y\" 500");
  const auto body = get(f, "/query", app_a_query + "&regexp=" + enc(R"("/y" \d+)"));
  REQUIRE(body["streams"].size() == 1);
  CHECK(body["streams"][0]["entries"].size() == 1);
  const auto metric = call(f, "/query", "query=" + enc(R"(rate({app="a"}[1m]))"));
  CHECK(metric.status == 400);
  CHECK(metric.body == "legacy endpoints only support streams result type, current type is vector");
  CHECK(call(f, "/query", "query=" + enc("{app=")).status == 400);
  CHECK(call(f, "/query", app_a_query + "&limit=100000").status == 400);
}

TEST_CASE("legacy labels and values") {
  LokiFixture f;
  f.add({{"app", "a"}, {"pod", "p"}}, 20, "x");
  CHECK(get(f, "/label") == json{{"values", {"app", "pod"}}});
  CHECK(get(f, "/label/pod/values") == json{{"values", {"p"}}});
  CHECK(get(f, "/label/nope/values") == json{{"values", json::array()}});
  CHECK(get(f, "/series", "match=" + enc(R"({app="a"})"))["data"].size() == 1);
}

TEST_CASE("legacy tail: history and what is pushed, in the old frames") {
  LokiFixture f;
  f.add({{"app", "a"}}, 20, "old");
  http::Request request;
  request.path = "/api/prom/tail";
  request.query = http::Params::parse(app_a_query + "&regexp=o");
  const auto match = f.router->match("GET", request.path);
  REQUIRE(match.route != nullptr);
  const auto socket = std::make_shared<FakeSocket>();
  const auto stop = match.route->websocket(request, socket);
  REQUIRE(bool(stop));
  f.push({{"app", "a"}}, 1, "more");
  const auto frames = socket->wait_for(2);
  CHECK(frames[0] ==
        json{{"streams", json::array({{{"labels", R"({app="a"})"},
                                       {"entries", json::array({{{"ts", "2023-11-14T22:13:00Z"},
                                                                 {"line", "old"}}})}}})},
             {"dropped_entries", nullptr}});
  CHECK(frames[1]["streams"][0]["entries"][0]["line"] == "more");
  (*stop)();
}

TEST_CASE("legacy frames name what a client was too slow for") {
  const auto socket = std::make_shared<FakeSocket>();
  loki::TailListener listener(socket, false, true);
  query::LogStream stream;
  stream.labels = LabelSet{{"app", "a"}};
  stream.entries.push_back({from_unix_ns(5), "x", {}});
  const query::Streams one = {stream};
  listener.begin({}, 0);
  socket->refuse(true);
  listener.deliver(one, {});
  socket->refuse(false);
  listener.deliver(one, {});
  CHECK(
      socket->wait_for(1)[0]["dropped_entries"] ==
      json::array({{{"Timestamp", "1970-01-01T00:00:00.000000005Z"}, {"Labels", R"({app="a"})"}}}));
}
