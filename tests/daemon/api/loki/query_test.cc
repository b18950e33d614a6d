#include <nlohmann/json.hpp>

#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

std::string ns(std::int64_t seconds_ago) {
  return std::to_string((now_s - seconds_ago) * 1'000'000'000);
}

}  // namespace

TEST_CASE("Grafana's health check is answered with a vector of 2") {
  LokiFixture f;
  const auto body = f.get("/query", "query=" + enc("vector(1)+vector(1)") + "&time=4000000000");
  CHECK(body["data"]["resultType"] == "vector");
  CHECK(body["data"]["result"] == json::parse(R"([{"metric":{},"value":[4000000000,"2"]}])"));
  CHECK_FALSE(body.contains("warnings"));
}

TEST_CASE("instant queries: scalars, metric queries, and no log queries") {
  LokiFixture f;
  f.add({{"app", "a"}}, 10, "x");
  CHECK(f.result("/query", "query=1%2B1&time=5.5") == json::parse(R"([5.500,"2"])"));
  CHECK(f.result("/query", "query=" + enc(R"(count_over_time({app="a"}[1m]))")) ==
        json::parse(R"([{"metric":{"app":"a"},"value":[1700000000,"1"]}])"));
  CHECK(f.error("/query", "query=" + enc(R"({app="a"})")) ==
        "400: log queries are not supported as an instant query type, please change your query to "
        "a range query type");
  CHECK(f.error("/query", "query=" + enc("{app=")) ==
        "400: parse error at line 1, col 6: unexpected end of query, expected a quoted value, as "
        "in app=\"...\"");
}

TEST_CASE("log queries give streams in the asked direction") {
  LokiFixture f;
  f.add({{"app", "a"}}, 30, "old");
  f.add({{"app", "a"}}, 20, "new", LabelSet{{"trace", "t"}});
  const auto query = "query=" + enc(R"({app="a"})");
  const auto newest = f.result("/query_range", query + "&limit=1");
  CHECK(newest == json::parse(R"([{"stream":{"app":"a","trace":"t"},"values":[[")" + ns(20) +
                              R"(","new"]]}])"));
  const auto oldest = f.result("/query_range", query + "&limit=1&direction=FORWARD");
  CHECK(oldest[0]["values"][0] == json::array({ns(30), "old"}));
}

TEST_CASE("label categories are kept apart for whoever asks") {
  LokiFixture f;
  f.add({{"app", "a"}}, 30, "level=info", LabelSet{{"trace", "t"}});
  f.add({{"app", "a"}}, 20, "plain");
  auto request = f.request("/query_range", "query=" + enc(R"({app="a"} | logfmt)"));
  request.headers.set("X-Loki-Response-Encoding-Flags", "categorize-labels");
  const auto data = json::parse(f.router->dispatch(request).body)["data"];
  CHECK(data["encodingFlags"] == json::array({"categorize-labels"}));
  REQUIRE(data["result"].size() == 1);
  CHECK(data["result"][0]["stream"] == json{{"app", "a"}});
  CHECK(data["result"][0]["values"] ==
        json::parse(R"([[")" + ns(20) + R"(","plain",{}],[")" + ns(30) +
                    R"(","level=info",{"parsed":{"level":"info"},)"
                    R"("structuredMetadata":{"trace":"t"}}]])"));
}

TEST_CASE("metric queries give a matrix, oldest first, without absent steps") {
  LokiFixture f;
  f.add({{"app", "a"}}, 95, "x");
  f.add({{"app", "a"}}, 15, "x");
  const auto result =
      f.result("/query_range", "query=" + enc(R"(count_over_time({app="a"}[10s]))") +
                                   "&step=10&start=" + ns(100) + "&end=" + ns(0));
  CHECK(result ==
        json::parse(R"([{"metric":{"app":"a"},"values":[[1699999910,"1"],[1699999990,"1"]]}])"));
}

TEST_CASE("times and steps come in every form Loki knows") {
  LokiFixture f;
  f.add({{"app", "a"}}, 20, "x");
  const auto query = "query=" + enc(R"({app="a"})");
  for (const std::string range :
       {"&start=1699999970&end=1700000000", "&start=1699999970000000000&end=1700000000000000000",
        "&start=1699999970.5&end=1700000000.1",
        "&start=2023-11-14T22:12:50Z&end=2023-11-14T22:13:20Z", "&since=30s", "&since=1h", ""}) {
    CAPTURE(range);
    CHECK(f.result("/query_range", query + range).size() == 1);
  }
  CHECK(f.result("/query_range", query + "&since=10s").empty());
  CHECK(
      f.result("/query_range", "query=" + enc(R"(rate({app="a"}[1m]))") + "&step=15000ms&since=5m")
          .size() == 1);
}

TEST_CASE("wrong parameters are refused with Loki's words") {
  LokiFixture f;
  const auto query = "query=" + enc(R"({app="a"})");
  CHECK(f.error("/query_range", query + "&start=5&end=3") ==
        "400: end timestamp must not be before or equal to start time");
  CHECK(f.error("/query_range", query + "&start=yesterday") ==
        "400: cannot parse \"yesterday\" to a valid timestamp");
  CHECK(f.error("/query_range", query + "&limit=0") == "400: limit must be a positive value");
  CHECK(f.error("/query_range", query + "&limit=9999") ==
        "400: max entries limit per query exceeded, limit > max_entries_limit_per_query (9999 > "
        "5000)");
  CHECK(f.error("/query_range", query + "&direction=sideways") ==
        "400: invalid direction 'sideways'");
  const auto metric = "query=" + enc(R"(rate({app="a"}[1m]))");
  CHECK(f.error("/query_range", metric + "&step=0") ==
        "400: zero or negative query resolution step widths are not accepted. Try a positive "
        "integer");
  CHECK(f.error("/query_range", metric + "&step=1&since=1d") ==
        "400: exceeded maximum resolution of 11,000 points per time series. Try increasing the "
        "value of the step parameter");
  CHECK(f.error("/query_range", "").starts_with("400: parse error at line 1, col 1:"));
}

TEST_CASE("interval thins lines out") {
  LokiFixture f;
  for (int i = 0; i < 10; ++i) f.add({{"app", "a"}}, 10 - i, std::to_string(i));
  const auto result = f.result(
      "/query_range", "query=" + enc(R"({app="a"})") + "&interval=3s&direction=forward&limit=3");
  REQUIRE(result.size() == 1);
  CHECK(result[0]["values"].size() == 3);
  CHECK(result[0]["values"][1] == json::array({ns(7), "3"}));
}

TEST_CASE("statistics are true figures") {
  LokiFixture f;
  f.add({{"app", "a"}}, 20, "12345");
  f.add({{"app", "a"}}, 10, "678");
  const auto stats = f.get("/query_range", "query=" + enc(R"({app="a"})"))["data"]["stats"];
  CHECK(stats["summary"]["totalLinesProcessed"] == 2);
  CHECK(stats["summary"]["totalBytesProcessed"] == 8);
  CHECK(stats["summary"]["totalEntriesReturned"] == 2);
  CHECK(stats["summary"]["execTime"].get<double>() > 0);
  CHECK(stats["querier"]["store"]["totalChunksDownloaded"] == 1);
}

TEST_CASE("a partial result says so") {
  LokiOptions options;
  options.limits.common().max_series = 1;
  LokiFixture f(options);
  f.add({{"app", "a"}}, 20, "x");
  f.add({{"app", "b"}}, 20, "x");
  const auto body = f.get("/query", "query=" + enc(R"(count_over_time({app=~".+"}[1m]))"));
  CHECK(body["data"]["result"].size() == 1);
  REQUIRE(body["warnings"].size() == 1);
  CHECK(body["warnings"][0].get<std::string>().starts_with("the query has 2 series"));
}

TEST_CASE("a metric query over its budget is the query's fault: a part of a sum is none") {
  LokiOptions options;
  options.limits.common().max_memory_bytes = 100;
  LokiFixture f(options);
  f.add({{"app", "a"}}, 20, std::string(200, 'x'));
  CHECK(f.error("/query_range", "query=" + enc(R"(rate({app="a"}[1m]))"))
            .starts_with("400: query needs more than its memory budget"));
}

TEST_CASE("format_query prints the canonical form or the error") {
  LokiFixture f;
  CHECK(f.get("/format_query", "query=" + enc(R"( {app="a"}|="x" )"))["data"] ==
        R"({app="a"} |= "x")");
  const auto bad = f.call("/format_query", "query=" + enc("{"));
  CHECK(bad.status == 400);
  CHECK(json::parse(bad.body)["status"] == "invalid-query");
}

TEST_CASE("while others hold the memory of all queries, the answer is to come back later") {
  LokiOptions options;
  options.limits.common().together = std::make_shared<query::QueryMemory>(1 << 20);
  LokiFixture f(options);
  f.add({{"app", "a"}}, 20, "line");
  const auto ask = [&] { return f.call("/query_range", "query=" + enc(R"({app="a"})")); };
  CHECK(ask().status == 200);
  {
    query::QueryContext other({}, options.limits.common());
    CHECK(bool(other.charge(1 << 20)));
    const auto response = ask();
    CHECK(response.status == 503);
    CHECK_FALSE(response.headers.get("Retry-After").empty());
    CHECK(response.body.find("all running queries together") != std::string::npos);
  }
  CHECK(ask().status == 200);
}
