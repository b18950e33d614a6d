// parse_query, exemplars, delete_series, status, statistics of queries.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/daemon/api/prometheus/fixture.h"

namespace sluice::api::test {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string tree(PrometheusFixture& f, std::string_view expression) {
  http::Params params;
  params.add("query", std::string(expression));
  return f.post("/api/v1/parse_query", params.encode()).body;
}

TEST_CASE("parse_query shows the tree as Prometheus does", "[api]") {
  PrometheusFixture f;
  CHECK(tree(f, "sum by (a) (rate(x{b=\"c\"}[5m] offset 1m))") ==
        R"({"status":"success","data":{"expr":{"args":[{"matchers":[)"
        R"({"name":"b","type":"=","value":"c"},{"name":"__name__","type":"=","value":"x"}],)"
        R"("name":"x","offset":60000,"range":300000,"startOrEnd":null,"timestamp":null,)"
        R"("type":"matrixSelector"}],"func":{"argTypes":["matrix"],"name":"rate",)"
        R"("returnType":"vector","variadic":0},"type":"call"},"grouping":["a"],"op":"sum",)"
        R"("param":null,"type":"aggregation","without":false}})");
  CHECK(tree(f, "-foo @ 10 + on(a) group_left(b) bar") ==
        R"({"status":"success","data":{"bool":false,"lhs":{"expr":{"matchers":[)"
        R"({"name":"__name__","type":"=","value":"foo"}],"name":"foo","offset":0,)"
        R"("startOrEnd":null,"timestamp":10000,"type":"vectorSelector"},"op":"-",)"
        R"("type":"unaryExpr"},"matching":{"card":"many-to-one","include":["b"],)"
        R"("labels":["a"],"on":true},"op":"+","rhs":{"matchers":[)"
        R"({"name":"__name__","type":"=","value":"bar"}],"name":"bar","offset":0,)"
        R"("startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"type":"binaryExpr"}})");
  CHECK_THAT(tree(f, "topk(3, x) > bool 2"),
             ContainsSubstring(R"("param":{"type":"numberLiteral","val":"3"})"));
  CHECK_THAT(tree(f, "x[5m:1m] @ start()"),
             ContainsSubstring(R"("offset":0,"range":300000,"startOrEnd":"start","step":60000,)"
                               R"("timestamp":null,"type":"subquery")"));
  CHECK_THAT(tree(f, "a and b"), ContainsSubstring(R"("card":"many-to-many")"));
  CHECK_THAT(tree(f, "a + fill(2) b"), ContainsSubstring(R"("fillValues":{"lhs":"2","rhs":"2"})"));
  CHECK_THAT(tree(f, "-Inf"), ContainsSubstring(R"({"type":"numberLiteral","val":"-Inf"})"));
  CHECK(tree(f, "(\"x\")") ==
        R"({"status":"success","data":{"expr":{"type":"stringLiteral","val":"x"},)"
        R"("type":"parenExpr"}})");
  CHECK(f.get("/api/v1/parse_query?query=a%2B").body ==
        R"({"status":"error","errorType":"bad_data",)"
        R"("error":"invalid parameter \"query\": 1:3: parse error: unexpected end of input"})");
}

class FewExemplars : public query::ExemplarSource {
 public:
  std::vector<std::vector<query::LabelMatcher>> asked;
  Result<std::vector<SeriesExemplars>> exemplars(
      const TenantId&, const std::vector<std::vector<query::LabelMatcher>>& selectors,
      std::int64_t start_ms, std::int64_t end_ms) override {
    asked = selectors;
    if (start_ms > 1500 || end_ms < 1500) return std::vector<SeriesExemplars>();
    return std::vector<SeriesExemplars>{
        {{{"__name__", "up"}}, {{{{"trace_id", "ab"}}, 0.5, 1500}}}};
  }
};

TEST_CASE("query_exemplars asks for what the expression selects", "[api]") {
  FewExemplars exemplars;
  PrometheusOptions options;
  options.exemplars = &exemplars;
  PrometheusFixture f(options);
  CHECK(f.get("/api/v1/query_exemplars?query=rate(up[5m])%2Bsum(max_over_time(x[1m:]))"
              "&start=1&end=2")
            .body ==
        R"({"status":"success","data":[{"seriesLabels":{"__name__":"up"},"exemplars":[)"
        R"({"labels":{"trace_id":"ab"},"value":"0.5","timestamp":1.500}]}]})");
  REQUIRE(exemplars.asked.size() == 2);
  CHECK(exemplars.asked[0][0].value() == "up");
  CHECK(exemplars.asked[1][0].value() == "x");
  CHECK(f.get("/api/v1/query_exemplars?query=up&start=2").body ==
        R"({"status":"success","data":[]})");
  CHECK(f.get("/api/v1/query_exemplars?query=up%2B").status == 400);
}

TEST_CASE("delete_series checks before it deletes", "[api]") {
  std::size_t deleted = 0;
  PrometheusOptions options;
  options.delete_series = [&](const TenantId&, auto selectors, std::int64_t start_ms,
                              std::int64_t end_ms) -> Result<void> {
    CHECK(start_ms == 5000);
    CHECK(end_ms == INT64_MAX);
    deleted += selectors.size();
    return {};
  };
  PrometheusFixture f(options);
  CHECK(
      f.post("/api/v1/admin/tsdb/delete_series", "match[]=up&match[]={job=\"a\"}&start=5").status ==
      204);
  CHECK(deleted == 2);
  CHECK(f.post("/api/v1/admin/tsdb/delete_series", "start=5").status == 400);
  CHECK(f.post("/api/v1/admin/tsdb/delete_series", "match[]=sum(up)").status == 400);
  CHECK(f.post("/api/v1/admin/tsdb/delete_series", "match[]=up&start=x").status == 400);
  CHECK(f.get("/api/v1/admin/tsdb/delete_series?match[]=up").status == 405);
  CHECK(deleted == 2);
  CHECK(PrometheusFixture().post("/api/v1/admin/tsdb/delete_series", "match[]=up").status == 503);
  CHECK(f.post("/api/v1/admin/tsdb/clean_tombstones", "").status == 204);
  CHECK(f.get("/api/v1/admin/tsdb/clean_tombstones").status == 405);
  CHECK(PrometheusFixture().post("/api/v1/admin/tsdb/clean_tombstones", "").status == 503);
}

TEST_CASE("status/tsdb counts what makes series many", "[api]") {
  PrometheusFixture f;
  for (const char* job : {"a", "b", "c"}) f.add({{"__name__", "up"}, {"job", job}}, 1000, 1);
  f.add({{"__name__", "down"}, {"job", "a"}}, 1000, 1);
  CHECK(f.get("/api/v1/status/tsdb?limit=1").body ==
        R"({"status":"success","data":{"headStats":{"numSeries":4,"numLabelPairs":5},)"
        R"("seriesCountByMetricName":[{"name":"up","value":3}],)"
        R"("labelValueCountByLabelName":[{"name":"job","value":3}],)"
        R"("memoryInBytesByLabelName":[{"name":"__name__","value":6}],)"
        R"("seriesCountByLabelValuePair":[{"name":"__name__=up","value":3}]}})");
  CHECK(f.get("/api/v1/status/tsdb?limit=0").status == 400);
  CHECK(f.get("/api/v1/status/tsdb?limit=x").status == 400);
}

TEST_CASE("status/tsdb counts no more series than may be found, and says so", "[api]") {
  PrometheusOptions options;
  options.max_series_found = 2;
  PrometheusFixture f(options);
  for (const char* job : {"a", "b", "c"}) f.add({{"__name__", "up"}, {"job", job}}, 1000, 1);
  const auto body = f.get("/api/v1/status/tsdb").body;
  CHECK_THAT(body, ContainsSubstring(R"("numSeries":3)"));
  CHECK_THAT(body, ContainsSubstring(R"("seriesCountByMetricName":[{"name":"up","value":2}])"));
  CHECK_THAT(body, ContainsSubstring(R"("warnings":["of 3 series only the first 2 by their labels )"
                                     R"(are counted by name and value"])"));
}

TEST_CASE("status/flags and config show the settings", "[api]") {
  PrometheusOptions options;
  options.settings = [] {
    return Settings{{{"storage.path", "/data"}}, "storage:\n  path: \"/data\"\n"};
  };
  PrometheusFixture f(options);
  CHECK(f.get("/api/v1/status/flags").body ==
        R"({"status":"success","data":{"storage.path":"/data"}})");
  CHECK(f.get("/api/v1/status/config").body ==
        R"({"status":"success","data":{"yaml":"storage:\n  path: \"/data\"\n"}})");
  CHECK(f.get("/config").body == "storage:\n  path: \"/data\"\n");
}

TEST_CASE("statistics and the lookback of a query", "[api]") {
  PrometheusFixture f;
  f.add({{"__name__", "up"}}, 10'000, 1);
  const auto with_stats = f.get("/api/v1/query?query=up&time=20&stats=all").body;
  CHECK_THAT(with_stats, ContainsSubstring(R"("stats":{"timings":{"evalTotalTime":)"));
  CHECK_THAT(with_stats, ContainsSubstring(R"("totalQueryableSamples":1,"peakSamples":)"));
  CHECK_THAT(f.get("/api/v1/query?query=up&time=20").body, !ContainsSubstring("stats"));
  CHECK_THAT(f.get("/api/v1/query?query=up&time=20&lookback_delta=5s").body,
             ContainsSubstring(R"("result":[]})"));
  CHECK_THAT(
      f.get("/api/v1/query_range?query=up&start=20&end=20&step=1&lookback_delta=10001ms").body,
      ContainsSubstring(R"("values":[[20,"1"]])"));
  CHECK(f.get("/api/v1/query?query=up&lookback_delta=x").body ==
        R"({"status":"error","errorType":"bad_data","error":"error parsing lookback delta )"
        R"(duration: cannot parse \"x\" to a valid duration"})");
}

TEST_CASE("label values by an escaped name", "[api]") {
  PrometheusFixture f;
  f.add({{"__name__", "up"}, {"my.label", "x"}}, 1000, 1);
  const std::string found = R"({"status":"success","data":["x"]})";
  CHECK(f.get("/api/v1/label/U__my_2e_label/values").body == found);
  CHECK(f.get("/api/v1/label/my.label/values").body == found);
  CHECK(f.get("/api/v1/label/%FF/values").status == 400);
}

}  // namespace
}  // namespace sluice::api::test
