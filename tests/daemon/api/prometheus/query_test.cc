#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/api/prometheus/fixture.h"

namespace sluice::api::test {
namespace {

class QueryFixture : public PrometheusFixture {
 public:
  explicit QueryFixture(PrometheusOptions options = {}) : PrometheusFixture(std::move(options)) {
    add({{"__name__", "up"}, {"job", "a"}}, 100'000, 1);
    add({{"__name__", "up"}, {"job", "b"}}, 100'000, 0.5);
    add({{"__name__", "c_total"}}, 40'000, 10);
    add({{"__name__", "c_total"}}, 70'000, 20);
    add({{"__name__", "c_total"}}, 100'000, 30);
  }
};

struct QueryCase {
  const char* target;
  int status;
  const char* body;
};

TEST_CASE("instant queries answer in Prometheus' shapes", "[api]") {
  QueryFixture f;
  const QueryCase cases[] = {
      {"/api/v1/query?query=up&time=100", 200,
       R"({"status":"success","data":{"resultType":"vector","result":[)"
       R"({"metric":{"__name__":"up","job":"a"},"value":[100,"1"]},)"
       R"({"metric":{"__name__":"up","job":"b"},"value":[100,"0.5"]}]}})"},
      {"/api/v1/query?query=sum(up)&time=100.25", 200,
       R"({"status":"success","data":{"resultType":"vector","result":[)"
       R"({"metric":{},"value":[100.250,"1.5"]}]}})"},
      {"/api/v1/query?query=1%2F0&time=1970-01-01T00:01:40Z", 200,
       R"({"status":"success","data":{"resultType":"scalar","result":[100,"+Inf"]}})"},
      {"/api/v1/query?query=%22x%22&time=1.5", 200,
       R"({"status":"success","data":{"resultType":"string","result":[1.500,"x"]}})"},
      {"/api/v1/query?query=c_total[1m]&time=100", 200,
       R"({"status":"success","data":{"resultType":"matrix","result":[)"
       R"({"metric":{"__name__":"c_total"},"values":[[70,"20"],[100,"30"]]}]}})"},
      {"/api/v1/query?query=nothing", 200,
       R"({"status":"success","data":{"resultType":"vector","result":[]}})"},
      {"/api/v1/query?query=vector(1)", 200,  // at the clock's time
       R"({"status":"success","data":{"resultType":"vector","result":[)"
       R"({"metric":{},"value":[100,"1"]}]}})"},
      {"/api/v1/query?query=quantile(2,up)&time=100", 200,
       R"({"status":"success","data":{"resultType":"vector","result":[)"
       R"({"metric":{},"value":[100,"+Inf"]}]},"warnings":[)"
       R"j("PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)"]})j"},
      {"/api/v1/query?query=rate(up[5m])&time=100", 200,
       R"({"status":"success","data":{"resultType":"vector","result":[]},"infos":[)"
       R"("PromQL info: metric might not be a counter, name does not end in )"
       R"j(_total/_sum/_count/_bucket: \"up\" (1:6)"]})j"},
      {"/api/v1/query?query=up&time=100&limit=1", 200,
       R"({"status":"success","data":{"resultType":"vector","result":[)"
       R"({"metric":{"__name__":"up","job":"a"},"value":[100,"1"]}]},)"
       R"("warnings":["results truncated due to limit"]})"},
  };
  for (const QueryCase& c : cases) {
    INFO(c.target);
    const auto response = f.get(c.target);
    CHECK(response.status == c.status);
    CHECK(response.body == c.body);
    CHECK(response.headers.get("Content-Type").starts_with("application/json"));
  }
}

TEST_CASE("wrong instant queries are refused in Prometheus' words", "[api]") {
  QueryFixture f;
  const QueryCase cases[] = {
      {"/api/v1/query?query=up%20up", 400,
       R"({"status":"error","errorType":"bad_data","error":)"
       R"("invalid parameter \"query\": 1:4: parse error: unexpected identifier \"up\""})"},
      {"/api/v1/query", 400,
       R"({"status":"error","errorType":"bad_data","error":)"
       R"("invalid parameter \"query\": 1:1: parse error: no expression found in input"})"},
      {"/api/v1/query?query=up&time=soon", 400,
       R"({"status":"error","errorType":"bad_data","error":)"
       R"("invalid parameter \"time\": cannot parse \"soon\" to a valid timestamp"})"},
      {"/api/v1/query?query=up&timeout=soon", 400,
       R"({"status":"error","errorType":"bad_data","error":)"
       R"("invalid parameter \"timeout\": cannot parse \"soon\" to a valid duration"})"},
      {"/api/v1/query?query=up&limit=-1", 400,
       R"({"status":"error","errorType":"bad_data","error":)"
       R"("invalid parameter \"limit\": limit must be non-negative"})"},
      {"/api/v1/query?query=up%20%2B%20on()%20up&time=100", 422,
       R"({"status":"error","errorType":"execution","error":)"
       R"("found duplicate series for the match group {} on the right hand-side of the operation: )"
       R"([{__name__=\"up\", job=\"b\"}, {__name__=\"up\", job=\"a\"}];many-to-many matching not )"
       R"(allowed: matching labels must be unique on one side"})"},
  };
  for (const QueryCase& c : cases) {
    INFO(c.target);
    const auto response = f.get(c.target);
    CHECK(response.status == c.status);
    CHECK(response.body == c.body);
  }
}

TEST_CASE("range queries answer in Prometheus' shapes", "[api]") {
  QueryFixture f;
  const QueryCase cases[] = {
      {"/api/v1/query_range?query=c_total&start=40&end=100&step=30", 200,
       R"({"status":"success","data":{"resultType":"matrix","result":[)"
       R"({"metric":{"__name__":"c_total"},"values":[[40,"10"],[70,"20"],[100,"30"]]}]}})"},
      {"/api/v1/query_range?query=1&start=0&end=60&step=1m", 200,
       R"({"status":"success","data":{"resultType":"matrix","result":[)"
       R"({"metric":{},"values":[[0,"1"],[60,"1"]]}]}})"},
      {"/api/v1/query_range?query=nothing&start=0&end=60&step=0.5", 200,
       R"({"status":"success","data":{"resultType":"matrix","result":[]}})"},
      {"/api/v1/query_range?query=1&start=0&end=60", 400,
       R"({"status":"error","errorType":"bad_data","error":)"
       R"("invalid parameter \"step\": cannot parse \"\" to a valid duration"})"},
      {"/api/v1/query_range?query=1&start=60&end=0&step=1", 400,
       R"({"status":"error","errorType":"bad_data","error":)"
       R"("invalid parameter \"end\": end timestamp must not be before start time"})"},
      {"/api/v1/query_range?query=1&start=0&end=60&step=0", 400,
       R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"step\": zero or )"
       R"(negative query resolution step widths are not accepted. Try a positive integer"})"},
      {"/api/v1/query_range?query=1&start=0&end=100000&step=1", 400,
       R"({"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 )"
       R"j(points per timeseries. Try decreasing the query resolution (?step=XX)"})j"},
      {"/api/v1/query_range?query=c_total[5m]&start=0&end=60&step=10", 400,
       R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": invalid )"
       R"(expression type \"range vector\" for range query, must be Scalar or instant Vector"})"},
  };
  for (const QueryCase& c : cases) {
    INFO(c.target);
    const auto response = f.get(c.target);
    CHECK(response.status == c.status);
    CHECK(response.body == c.body);
  }
}

TEST_CASE("a range query may have 11,001 points and no more", "[api]") {
  QueryFixture f;
  CHECK(f.get("/api/v1/query_range?query=1&start=0&end=11000&step=1").status == 200);
  CHECK(f.get("/api/v1/query_range?query=1&start=0&end=11001&step=1").status == 400);
  CHECK(f.get("/api/v1/query_range?query=1&start=-9e15&end=9e15&step=1").status == 400);
}

TEST_CASE("forms are read like query strings", "[api]") {
  QueryFixture f;
  const auto by_get = f.get("/api/v1/query?query=sum(up)&time=100");
  const auto by_post = f.post("/api/v1/query", "query=sum(up)&time=100");
  CHECK(by_get.status == 200);
  CHECK(by_post.body == by_get.body);
}

TEST_CASE("a LogQL metric query is understood where PromQL is expected", "[api]") {
  QueryFixture f;
  f.logs.add({{"app", "pay"}}, 90, "timeout calling bank");
  f.logs.add({{"app", "pay"}}, 95, "ok");
  const auto response = f.get(
      "/api/v1/query?time=100&query=sum(count_over_time(%7Bapp%3D%22pay%22%7D%20%7C%3D%20%22"
      "timeout%22%5B1m%5D))");
  CHECK(response.status == 200);
  CHECK(response.body.find(R"("value":[100,"1"])") != std::string::npos);
  // Lines are not a result of this API; the error is that of PromQL.
  const auto lines = f.get("/api/v1/query?query=%7Bapp%3D%22pay%22%7D%20%7C%3D%20%22x%22");
  CHECK(lines.status == 400);
  CHECK(lines.body.find("bad_data") != std::string::npos);
}

TEST_CASE("deadlines, cancellation and budgets have their error types", "[api]") {
  {
    QueryFixture f;
    const auto response = f.get("/api/v1/query?query=up&timeout=0");
    CHECK(response.status == 503);
    CHECK(response.body == R"({"status":"error","errorType":"timeout","error":)"
                           R"("query timed out in expression evaluation"})");
  }
  {
    QueryFixture f;
    std::stop_source gone;
    gone.request_stop();
    auto request = PrometheusFixture::make_request("GET", "/api/v1/query?query=up");
    request.cancel = gone.get_token();
    const auto response = f.router.dispatch(std::move(request));
    CHECK(response.status == 499);
    CHECK(response.body.find(R"("errorType":"canceled")") != std::string::npos);
  }
  {
    PrometheusOptions options;
    options.limits.common().max_samples = 1;
    QueryFixture f(std::move(options));
    const auto response = f.get("/api/v1/query?query=up");
    CHECK(response.status == 422);
    CHECK(response.body.find("too many samples") != std::string::npos);
  }
}

TEST_CASE("queries see the tenant of the request", "[api]") {
  QueryFixture f;
  auto request = PrometheusFixture::make_request("GET", "/api/v1/query?query=up");
  request.tenant = TenantId{"other"};
  const auto response = f.router.dispatch(std::move(request));
  CHECK(response.body.find(R"("result":[])") != std::string::npos);
}

}  // namespace
}  // namespace sluice::api::test
