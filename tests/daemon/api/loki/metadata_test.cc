#include <nlohmann/json.hpp>

#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

struct Labelled : LokiFixture {
  Labelled() {
    add({{"app", "a"}, {"pod", "17"}, {"shard", "1"}}, 20, "12345");
    add({{"app", "b"}, {"pod", "18"}, {"shard", "2"}}, 10, "12");
    add({{"app", "a"}, {"pod", "19"}, {"shard", "3"}}, 5, "1");
  }
};

}  // namespace

TEST_CASE("label names and values are sorted and distinct") {
  Labelled f;
  CHECK(f.get("/labels")["data"] == json::array({"app", "pod", "shard"}));
  CHECK(f.get("/label")["data"].size() == 3);
  CHECK(f.get("/label/app/values")["data"] == json::array({"a", "b"}));
  CHECK(f.get("/label/pod/values", "query=" + enc(R"({app="a"})"))["data"] ==
        json::array({"17", "19"}));
  CHECK(f.get("/label/nothing/values")["data"] == json::array());
  CHECK(f.get("/labels", "since=1s")["data"] == json::array());
  CHECK(f.error("/labels", "query=" + enc(R"({app="a"} |= "x")")) ==
        "400: only label matchers are supported, as in {app=\"web\"}");
}

TEST_CASE("series are label sets, from any of the selectors") {
  Labelled f;
  CHECK(f.get("/series")["data"].size() == 3);
  CHECK(f.get("/series", "match[]=" + enc("{}"))["data"].size() == 3);
  CHECK(f.get("/series", "match[]=" + enc(R"({app="b"})"))["data"] ==
        json::parse(R"([{"app":"b","pod":"18","shard":"2"}])"));
  CHECK(f.get("/series", "match=" + enc(R"({app="b"})") + "&match=" + enc(R"({pod="17"})"))["data"]
            .size() == 2);
  CHECK(f.error("/series", "match[]=" + enc("{")).starts_with("400: parse error"));
}

TEST_CASE("index statistics count what a selector would read") {
  Labelled f;
  CHECK(f.get("/index/stats", "query=" + enc(R"({app="a"})")) ==
        json::parse(R"({"streams":2,"chunks":2,"bytes":6,"entries":2})"));
  CHECK(f.error("/index/stats", "query=").starts_with("400: parse error"));
}

TEST_CASE("index volume groups bytes by the selector's labels, largest first") {
  Labelled f;
  CHECK(f.result("/index/volume", "query=" + enc(R"({app=~".+"})")) ==
        json::parse(R"([{"metric":{"app":"a"},"value":[1700000000.0,"6"]},
                        {"metric":{"app":"b"},"value":[1700000000.0,"2"]}])"));
  CHECK(f.result("/index/volume", "query=" + enc(R"({app=~".+"})") + "&limit=1").size() == 1);
  CHECK(f.result("/index/volume", "query=" + enc(R"({app=~".+"})") + "&targetLabels=pod").size() ==
        3);
  CHECK(f.result("/index/volume", "query=" + enc(R"({app=~".+"})") + "&aggregateBy=labels")[0] ==
        json::parse(R"({"metric":{"app":""},"value":[1700000000.0,"8"]})"));
  const auto range =
      f.result("/index/volume_range", "query=" + enc(R"({app="a"})") + "&step=30s&since=60s");
  REQUIRE(range.size() == 1);
  CHECK(range[0]["values"] == json::parse(R"([[1700000000.0,"6"]])"));
  CHECK(f.error("/index/volume", "query=" + enc("{}") + "&aggregateBy=x") ==
        "400: invalid aggregation option 'x'");
}

TEST_CASE("detected labels leave out what only numbers instances") {
  Labelled f;
  CHECK(f.get("/detected_labels")["detectedLabels"] ==
        json::parse(R"([{"cardinality":2,"label":"app"},{"cardinality":3,"label":"pod"}])"));
}

TEST_CASE("detected fields tell types and parsers") {
  LokiFixture f;
  f.add({{"app", "a"}}, 20, R"({"took":"5ms","n":{"code":200},"ok":true})",
        LabelSet{{"trace", "t"}});
  f.add({{"app", "a"}}, 10, "size=5KB msg=hello");
  const auto fields = f.get("/detected_fields", "query=" + enc(R"({app="a"})"))["fields"];
  const auto field = [&](const std::string& name) {
    for (const auto& one : fields)
      if (one["label"] == name) return one;
    return json{};
  };
  CHECK(field("took")["type"] == "duration");
  CHECK(field("n_code")["type"] == "int");
  CHECK(field("n_code")["jsonPath"] == json::parse(R"(["n","code"])"));
  CHECK_FALSE(field("size").contains("jsonPath"));
  CHECK(field("ok")["type"] == "boolean");
  CHECK(field("size") ==
        json::parse(R"({"label":"size","type":"bytes","cardinality":1,"parsers":["logfmt"]})"));
  CHECK(field("trace")["parsers"].is_null());
  CHECK(field("msg")["type"] == "string");
  CHECK(
      field("detected_level") ==
      json::parse(R"({"label":"detected_level","type":"string","cardinality":1,"parsers":null})"));
}

TEST_CASE("the values of one field, sorted and distinct") {
  LokiFixture f;
  for (const char* level : {"warn", "info", "warn"})
    f.add({{"app", "a"}}, 20, "level=" + std::string(level) + " n=1");
  const auto values = [&](const std::string& name, const std::string& more = "") {
    return f.get("/detected_field/" + name + "/values", "query=" + enc(R"({app="a"})") + more);
  };
  CHECK(values("level") == json::parse(R"({"values":["info","warn"],"limit":1000})"));
  CHECK(values("level", "&limit=1") == json::parse(R"({"values":["info"],"limit":1})"));
  CHECK(values("nothing")["values"] == json::array());
  CHECK(f.error("/detected_field/level/values", "query=x").starts_with("400: parse error"));
}

TEST_CASE("a selector's data is one shard") {
  Labelled f;
  const auto shards = f.get("/index/shards", "query=" + enc(R"({app="a"} |= "x")"))["shards"];
  REQUIRE(shards.size() == 1);
  CHECK(shards[0]["bounds"]["Max"] == std::numeric_limits<std::uint64_t>::max());
  CHECK(shards[0]["stats"]["bytes"] == 6);
  CHECK(shards[0]["stats"]["streams"] == 2);
  CHECK(f.error("/index/shards", "query=vector(1)").starts_with("400: a log query"));
}

TEST_CASE("sizes are exact at both ends of the range, whatever the store counts by") {
  for (const auto push : {query::test::Push::lines, query::test::Push::all}) {
    LokiFixture f;
    f.logs.set_push(push);
    for (int i = 0; i < 300; ++i) f.add({{"app", i % 2 == 0 ? "a" : "b"}}, i, "12345");
    for (const auto& [from, to] : {std::pair{299, 0}, {250, 3}, {59, 58}, {200, 140}, {81, 20}}) {
      const std::string range =
          "&start=" + std::to_string(now_s - from) + "&end=" + std::to_string(now_s - to);
      CAPTURE(from, to);
      const auto stats = f.get("/index/stats", "query=" + enc(R"({app=~".+"})") + range);
      CHECK(stats["entries"] == from - to);
      CHECK(stats["bytes"] == 5 * (from - to));
      const auto volume = f.result("/index/volume", "query=" + enc(R"({app=~".+"})") + range);
      double sum = 0;
      for (const auto& one : volume) sum += std::stod(one["value"][1].get<std::string>());
      CHECK(sum == 5 * (from - to));
    }
  }
}

TEST_CASE("patterns are usable as filters and count per step") {
  LokiFixture f;
  f.add({{"app", "a"}}, 20, "user 17 failed after 5ms");
  f.add({{"app", "a"}}, 19, "user 99 failed after 12ms");
  f.add({{"app", "a"}}, 10, "started");
  const auto data = f.get("/patterns", "query=" + enc(R"({app="a"})") + "&step=10s")["data"];
  REQUIRE(data.size() == 2);
  CHECK(data[0] ==
        json::parse(R"({"pattern":"user <_> failed after <_>","firstSeen":"1699999980000000000",
                       "lastSeen":"1699999981000000000","samples":[[1699999980,2]]})"));
  const auto filter = R"({app="a"} |> ")" + data[0]["pattern"].get<std::string>() + "\"";
  CHECK(f.result("/query_range", "query=" + enc(filter))[0]["values"].size() == 2);
}

TEST_CASE("patterns tell levels apart") {
  LokiFixture f;
  for (const char* level : {"info", "info", "error"})
    f.add({{"app", "a"}}, 20, "request 7 done", LabelSet{{"detected_level", level}});
  const auto data = f.get("/patterns", "query=" + enc(R"({app="a"})"))["data"];
  REQUIRE(data.size() == 2);
  CHECK(data[0]["level"] == "info");
  CHECK(data[0]["samples"][0][1] == 2);
  CHECK(data[1]["level"] == "error");
}

TEST_CASE("patterns of structured lines are of their messages") {
  LokiFixture f;
  for (const char* user : {"ann", "bob", "eve"})
    f.add({{"app", "a"}}, 20,
          R"({"version":"2","user":")" + std::string(user) +
              R"(","msg":"order 7 \"lost\" after 5ms"})");
  f.add({{"app", "a"}}, 10, R"({"version":"3","msg":"order 9 \"lost\" after 5ms"})");
  f.add({{"app", "a"}}, 10, "level=info msg=\"took 5 s\" version=2");
  const auto data = f.get("/patterns", "query=" + enc(R"({app="a"})") + "&step=10s")["data"];
  REQUIRE(data.size() == 2);
  CHECK(data[0]["pattern"] == R"(<_>order <_> \"lost\" after <_>)");
  CHECK(data[0]["samples"].size() == 2);
  CHECK(data[1]["pattern"] == "<_>took <_> s<_>");
  const auto filter = R"({app="a"} |> `)" + data[0]["pattern"].get<std::string>() + "`";
  CHECK(f.result("/query_range", "query=" + enc(filter)).size() >= 1);
}

TEST_CASE("patterns of a whole log query are of the lines that pass") {
  LokiFixture f;
  f.add({{"app", "a"}}, 20, R"({"version":"2","msg":"order 7 lost"})");
  f.add({{"app", "a"}}, 10, R"({"version":"3","msg":"cart 9 lost"})");
  const auto text = R"({app="a"} | json | version="3")";
  const auto data = f.get("/patterns", "query=" + enc(text))["data"];
  REQUIRE(data.size() == 1);
  CHECK(data[0]["pattern"] == "<_>cart <_> lost<_>");
  CHECK(f.get("/patterns", "query=" + enc("{}"))["data"].size() == 2);
  CHECK(f.error("/patterns", "query=" + enc(R"(rate({app="a"}[1m]))")).starts_with("400: a log"));
}

TEST_CASE("clients learn a version and limits") {
  LokiFixture f;
  CHECK(f.get("/status/buildinfo")["version"] == "3.5.0");
  const auto limits = f.get("/drilldown-limits");
  CHECK(limits["limits"]["max_entries_limit_per_query"] == 5000);
  CHECK(limits["limits"]["volume_enabled"] == true);
  CHECK(limits["limits"]["discover_log_levels"] == true);
}

TEST_CASE("read endpoints take POST as well") {
  Labelled f;
  auto request = f.request("/labels", "");
  request.method = "POST";
  CHECK(f.router->dispatch(request).status == 200);
}
