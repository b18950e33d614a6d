// What a tenant may ask for: Loki's texts and statuses, and tenants that have their own limits.
#include <nlohmann/json.hpp>

#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

const TenantId small{"small"};

LokiOptions options_of_small(query::QueryLimits own) {
  LokiOptions options;
  options.limits.set(small, std::move(own));
  return options;
}

// "status: text" for the tenant `small`.
std::string ask(LokiFixture& f, const std::string& path, const std::string& parameters) {
  auto request = LokiFixture::request(path, parameters);
  request.tenant = small;
  const auto response = f.router->dispatch(request);
  return std::to_string(response.status) + ": " + response.body;
}

const std::string selector = "query=" + enc(R"({app="a"})");
const std::string rate = "query=" + enc(R"(rate({app="a"}[1h]))");

}  // namespace

TEST_CASE("more entries than a tenant may have are refused in Loki's words") {
  query::QueryLimits own;
  own.max_entries = 10;
  LokiFixture f(options_of_small(own));
  CHECK(ask(f, "/query_range", selector + "&limit=11") ==
        "400: max entries limit per query exceeded, limit > max_entries_limit_per_query (11 > 10)");
  CHECK(ask(f, "/query_range", selector + "&limit=10").starts_with("200"));
  CHECK(f.call("/query_range", selector + "&limit=11").status == 200);
  CHECK(f.error("/query_range", selector + "&limit=5001") ==
        "400: max entries limit per query exceeded, limit > max_entries_limit_per_query "
        "(5001 > 5000)");
}

TEST_CASE("a longer range than a tenant may ask for is refused, at every endpoint") {
  query::QueryLimits own;
  own.max_length = std::chrono::hours{24};
  LokiFixture f(options_of_small(own));
  const std::string refusal =
      "400: the query time range exceeds the limit (query length: 2d, limit: 1d)";
  for (const char* path : {"/query_range", "/labels", "/label/app/values", "/index/stats",
                           "/index/volume", "/detected_labels", "/detected_fields", "/patterns"}) {
    CAPTURE(path);
    CHECK(ask(f, path, selector + "&since=48h") == refusal);
    CHECK(ask(f, path, selector + "&since=24h").starts_with("200"));
  }
  CHECK(ask(f, "/series", "since=48h") == refusal);
  CHECK(f.call("/query_range", selector + "&since=48h").status == 200);
}

TEST_CASE("logs past the lookback are not there, and a range behind it is refused") {
  LokiOptions options;
  const auto found = [&] {
    LokiFixture f(options);
    f.add({{"app", "a"}}, 7200, "old");
    f.add({{"app", "a"}}, 30, "new");
    const auto result = f.result("/query_range", selector + "&since=3h");
    REQUIRE(result.size() == 1);
    return result[0]["values"].size();
  };
  CHECK(found() == 2);
  options.limits.common().max_lookback = std::chrono::hours{1};
  CHECK(found() == 1);
  LokiFixture f(options);
  CHECK(f.error("/query_range", selector + "&start=1699990000&end=1699995000") ==
        "400: this data is no longer available, it is past now - max_query_lookback (1h)");
}

TEST_CASE("no way to read logs reaches behind the lookback") {
  LokiOptions options;
  options.limits.common().max_lookback = std::chrono::hours{1};
  LokiFixture f(options);
  f.add({{"app", "a"}}, 7200, "old");
  f.add({{"app", "a"}}, 30, "new");
  const auto counted = [&](const std::string& path, const std::string& query) {
    const auto result = f.result(path, "query=" + enc(query) + "&start=1699999990&step=10");
    REQUIRE(result.size() == 1);
    const bool instant = result[0].contains("value");
    return (instant ? result[0]["value"] : result[0]["values"][0])[1].get<std::string>();
  };
  // A window may begin before it, an offset lead there; lines, their sizes and labels alone tell.
  for (const char* path : {"/query", "/query_range"}) {
    CAPTURE(path);
    CHECK(counted(path, R"(count_over_time({app="a"}[3h]))") == "1");
    CHECK(counted(path, R"(count_over_time({app="a"} | logfmt [3h]))") == "1");
    CHECK(counted(path, R"(bytes_over_time({app="a"} |~ "new|old" [3h]))") == "3");
    CHECK(counted(path, R"(absent_over_time({app="a"}[1h] offset 1h))") == "1");
  }
  CHECK(f.get("/index/shards", selector + "&since=3h")["shards"][0]["stats"]["entries"] == 1);
  const std::string before = "&time=1699990000";
  CHECK(f.error("/query", "query=" + enc(R"(count_over_time({app="a"}[3h]))") + before) ==
        "400: this data is no longer available, it is past now - max_query_lookback (1h)");
  CHECK(f.call("/query", "query=" + enc("vector(1)") + before).status == 200);
}

TEST_CASE("a longer [range] than a tenant may use is refused") {
  query::QueryLimits own;
  own.max_range = std::chrono::minutes{30};
  LokiFixture f(options_of_small(own));
  const std::string refusal = "400: [1h] > [30m]: [interval] value exceeds limit";
  CHECK(ask(f, "/query", rate) == refusal);
  CHECK(ask(f, "/query_range", rate) == refusal);
  CHECK(ask(f, "/query", "query=" + enc(R"(rate({app="a"}[30m]))")).starts_with("200"));
}

TEST_CASE("a query that takes too long is answered 504, in Loki's words") {
  query::QueryLimits own;
  own.timeout = std::chrono::milliseconds{0};
  LokiFixture f(options_of_small(own));
  f.add({{"app", "a"}}, 30, "x");
  CHECK(ask(f, "/query_range", selector) ==
        "504: request timed out, decrease the duration of the request or add more label matchers "
        "(prefer exact match over regex match) to reduce the amount of data processed");
}

TEST_CASE("a query that reads too much is refused where it notices") {
  query::QueryLimits limits;
  limits.max_bytes_read = 100;
  query::QueryContext context({}, limits);
  context.stats().bytes_read = 100;
  CHECK(bool(context.check()));
  context.stats().bytes_read = 101;
  const auto checked = context.check();
  REQUIRE_FALSE(bool(checked));
  CHECK(checked.error().code == ErrorCode::invalid_argument);
  CHECK(checked.error().message.starts_with(
      "the query would read too many bytes (query: 101B, limit: 100B)"));
}

TEST_CASE("drilldown-limits are those of the tenant that asks") {
  query::QueryLimits own;
  own.max_entries = 10;
  own.max_length = std::chrono::hours{24};
  own.timeout = std::chrono::seconds{30};
  LokiFixture f(options_of_small(own));
  auto request = LokiFixture::request("/drilldown-limits", "");
  request.tenant = small;
  const auto limits = json::parse(f.router->dispatch(request).body)["limits"];
  CHECK(limits["max_entries_limit_per_query"] == 10);
  CHECK(limits["max_query_length"] == "1d");
  CHECK(limits["query_timeout"] == "30s");
  CHECK(f.get("/drilldown-limits")["limits"]["max_entries_limit_per_query"] == 5000);
  CHECK(f.get("/drilldown-limits")["limits"]["max_query_length"] == "0s");
}

TEST_CASE("approx_topk is for instant queries only, as in Loki") {
  LokiFixture f;
  const std::string query = "query=" + enc(R"(approx_topk(1, count_over_time({app="a"}[1h])))");
  f.add({{"app", "a"}}, 30, "x");
  CHECK(f.result("/query", query).size() == 1);
  CHECK(f.error("/query_range", query)
            .starts_with("400: approx_topk is only supported for instant queries"));
}
