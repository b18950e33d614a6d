// Queries over logs under Prometheus' API: the limits they have under Loki's, in Loki's words.
#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/api/prometheus/fixture.h"

namespace sluice::api::test {
namespace {

using namespace std::chrono_literals;

// The clock is 100 s after the epoch.
PrometheusOptions limited(const std::function<void(query::QueryLimits&)>& set) {
  PrometheusOptions options;
  set(options.limits.common());
  return options;
}

std::string refusal(const std::string& message) {
  return R"({"status":"error","errorType":"bad_data","error":")" + message + "\"}";
}

const std::string count_10s = http::percent_encode(R"(count_over_time({app="a"} |= "l" [10s]))");
const std::string count_1m = http::percent_encode(R"(count_over_time({app="a"} |= "l" [1m]))");
const std::string at_once = "/api/v1/query?query=";
const std::string over_steps = "/api/v1/query_range?step=10&query=";

TEST_CASE("a longer [range] over logs is refused", "[api]") {
  PrometheusFixture f(limited([](auto& limits) { limits.max_range = 30s; }));
  const std::string refused = refusal("[1m] > [30s]: [interval] value exceeds limit");
  CHECK(f.get(at_once + count_1m).body == refused);
  CHECK(f.get(over_steps + count_1m + "&start=50&end=60").body == refused);
  CHECK(f.get(at_once + count_10s).status == 200);
  CHECK(f.get(over_steps + count_10s + "&start=50&end=60").status == 200);
  CHECK(f.get(at_once + "rate(up_total[1m])").status == 200);
}

TEST_CASE("a longer query over logs is refused", "[api]") {
  PrometheusFixture f(limited([](auto& limits) { limits.max_length = 30s; }));
  CHECK(f.get(over_steps + count_10s + "&start=50&end=90").body ==
        refusal("the query time range exceeds the limit (query length: 40s, limit: 30s)"));
  CHECK(f.get(over_steps + count_10s + "&start=50&end=80").status == 200);
  CHECK(f.get(over_steps + "up&start=50&end=90").status == 200);
}

TEST_CASE("logs past the lookback are not there", "[api]") {
  PrometheusFixture f(limited([](auto& limits) { limits.max_lookback = 30s; }));
  f.logs.add({{"app", "a"}}, 60, "l old");
  f.logs.add({{"app", "a"}}, 95, "l new");
  CHECK(f.get(at_once + count_1m).body ==
        R"({"status":"success","data":{"resultType":"vector","result":[)"
        R"({"metric":{"app":"a"},"value":[100,"1"]}]}})");
  CHECK(f.get(over_steps + count_1m + "&start=60&end=100").body ==
        R"({"status":"success","data":{"resultType":"matrix","result":[)"
        R"({"metric":{"app":"a"},"values":[[100,"1"]]}]}})");
  const std::string refused =
      refusal("this data is no longer available, it is past now - max_query_lookback (30s)");
  CHECK(f.get(at_once + count_1m + "&time=60").body == refused);
  CHECK(f.get(over_steps + count_1m + "&start=10&end=60").body == refused);
  CHECK(f.get(at_once + "up&time=60").status == 200);
}

TEST_CASE("a query over logs has its tenant's timeout, metrics have the API's", "[api]") {
  PrometheusFixture f(limited([](auto& limits) { limits.timeout = 0ms; }));
  f.logs.add({{"app", "a"}}, 95, "l");
  f.add({{"__name__", "up"}}, 95'000, 1);
  CHECK(f.get(at_once + count_1m).status == 503);
  CHECK(f.get(over_steps + count_1m + "&start=60&end=100").status == 503);
  CHECK(f.get(at_once + "up").status == 200);
}

TEST_CASE("times that no log can have are refused", "[api]") {
  PrometheusFixture f;
  CHECK(f.get(at_once + count_1m + "&time=9000000000000").status == 400);
  CHECK(f.get(over_steps + count_1m + "&start=-9000000000000&end=-9000000000000").status == 400);
  CHECK(f.get(at_once + "up&time=9000000000000").status == 200);
}

}  // namespace
}  // namespace sluice::api::test
