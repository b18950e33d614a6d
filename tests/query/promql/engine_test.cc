// What scripts cannot say: budgets, cancellation, push-down, tenants.
#include "query/engine/engine.h"

#include <catch2/catch_test_macros.hpp>

#include "query/engine/evaluator.h"
#include "query/engine/numeric.h"
#include "tests/query/memory_source.h"

namespace sluice::query {
namespace {

class Fixture {
 public:
  void add_series(const std::string& name, int count, int samples) {
    for (int i = 0; i < count; ++i)
      for (int j = 0; j < samples; ++j)
        samples_.add({{"__name__", name}, {"i", std::to_string(i)}}, {j * 1000, 1.0});
  }
  Result<QueryResult> range(std::string_view text, std::int64_t end_ms, QueryContext& context) {
    const auto expr = parse_promql(text);
    REQUIRE(expr.has_value());
    return engine_.range(**expr, {default_tenant(), 0, end_ms, 1000, text}, context);
  }
  Result<QueryResult> instant(std::string_view text, QueryContext& context,
                              TenantId tenant = default_tenant()) {
    const auto expr = parse_promql(text);
    REQUIRE(expr.has_value());
    return engine_.instant(**expr, {tenant, 0, text}, context);
  }

 private:
  test::MemoryLogSource logs_;
  test::MemorySampleSource samples_;
  Engine engine_{logs_, samples_};
};

QueryLimits memory_limit(std::size_t bytes) {
  QueryLimits limits;
  limits.max_memory_bytes = bytes;
  return limits;
}

TEST_CASE("a counter is doubted by its type where types are known", "[engine]") {
  test::MemoryLogSource logs;
  test::MemorySampleSource samples;
  for (const char* type : {"", "gauge", "counter", "histogram"})
    for (const std::int64_t t : {0, 1000})
      samples.add({{"__name__", std::string(type) + "_total"}, {"__type__", type}}, {t, 1.0});
  EngineOptions options;
  options.type_labels = true;
  const Engine engine(logs, samples, options);
  const auto infos = [&](std::string_view text) {
    const auto expr = parse_promql(text);
    REQUIRE(expr.has_value());
    QueryContext context;
    const auto result = engine.instant(**expr, {default_tenant(), 1000, text}, context);
    REQUIRE(result.has_value());
    return result->infos;
  };
  using Infos = std::vector<std::string>;
  const std::string doubt =
      "PromQL info: metric might not be a counter, __type__ label is not set to \"counter\" or "
      "\"histogram\", got ";
  CHECK(infos("rate(_total[2s])") == Infos{doubt + R"("": "_total" (1:6))"});
  CHECK(infos("increase(gauge_total[2s])") == Infos{doubt + R"("gauge": "gauge_total" (1:10))"});
  CHECK(infos("rate(counter_total[2s])").empty());
  CHECK(infos("rate(histogram_total[2s])").empty());
  CHECK(infos("delta(gauge_total[2s])").empty());
}

TEST_CASE("an aggregation holds its groups, not its input", "[engine]") {
  Fixture f;
  f.add_series("x_total", 200, 100);
  QueryContext enough({}, memory_limit(64 << 10));
  CHECK(f.range("sum(x_total)", 99'000, enough).has_value());
  QueryContext of_rates({}, memory_limit(64 << 10));
  CHECK(f.range("sum(rate(x_total[10s]))", 99'000, of_rates).has_value());
  QueryContext collected({}, memory_limit(64 << 10));
  const auto result = f.range("x_total", 99'000, collected);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("operands are released once they are combined", "[engine]") {
  Fixture f;
  f.add_series("x", 10, 100);
  std::string query = "x";
  for (int i = 0; i < 100; ++i) query += " + x";
  QueryContext context({}, memory_limit(128 << 10));
  CHECK(f.range(query, 99'000, context).has_value());
  // What is left on the account is the result.
  CHECK(context.charge(100 << 10).has_value());
}

TEST_CASE("too many samples end the query", "[engine]") {
  Fixture f;
  f.add_series("x", 10, 100);
  QueryLimits limits;
  limits.max_samples = 500;
  QueryContext context({}, limits);
  const auto result = f.range("x", 99'000, context);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.find("too many samples") != std::string::npos);
}

TEST_CASE("a cancelled query ends", "[engine]") {
  Fixture f;
  f.add_series("x", 10, 100);
  std::stop_source source;
  QueryContext context(source.get_token());
  source.request_stop();
  const auto result = f.range("sum(x)", 99'000, context);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::cancelled);
}

TEST_CASE("a subquery of absurd resolution is refused", "[engine]") {
  Fixture f;
  f.add_series("x", 1, 1);
  QueryContext context;
  const auto result = f.instant("max_over_time(x[10y:1ms])", context);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.find("steps") != std::string::npos);
}

TEST_CASE("times at the ends of the range of int64 do not overflow", "[engine]") {
  Fixture f;
  f.add_series("x", 1, 1);
  for (const char* query :
       {"x @ -9100000000000000", "x @ 9100000000000000", "rate(x[100y] @ -9100000000000000)",
        "x offset 290y", "sum_over_time(x[100y:90y] @ 9100000000000000 offset -290y)"}) {
    INFO(query);
    QueryContext context;
    CHECK(f.instant(query, context).has_value());
  }
}

TEST_CASE("tenants see their own series", "[engine]") {
  Fixture f;
  f.add_series("x", 1, 1);
  QueryContext context;
  const auto mine = f.instant("x", context);
  REQUIRE(mine.has_value());
  CHECK(std::get<Vector>(mine->value).size() == 1);
  const auto theirs = f.instant("x", context, TenantId{"other"});
  REQUIRE(theirs.has_value());
  CHECK(std::get<Vector>(theirs->value).empty());
}

TEST_CASE("annotations give line and column", "[engine]") {
  Fixture f;
  f.add_series("x", 1, 1);
  QueryContext context;
  const auto result = f.instant("sum(\n  rate(x[5m]))", context);
  REQUIRE(result.has_value());
  REQUIRE(result->infos.size() == 1);
  CHECK(result->infos[0] ==
        "PromQL info: metric might not be a counter, name does not end in "
        "_total/_sum/_count/_bucket: \"x\" (2:8)");
}

TEST_CASE("range vectors and strings are instant results too", "[engine]") {
  Fixture f;
  f.add_series("x", 2, 1);
  QueryContext context;
  const auto matrix = f.instant("x[5m]", context);
  REQUIRE(matrix.has_value());
  CHECK(std::get<Matrix>(matrix->value).size() == 2);
  const auto text = f.instant("\"hello\"", context);
  REQUIRE(text.has_value());
  CHECK(std::get<StringValue>(text->value).value == "hello");
}

TEST_CASE("sums and means keep their precision", "[engine]") {
  KahanSum sum;
  for (const double v : {1e100, 1.0, -1e100}) sum.add(v);
  CHECK(sum.value() == 1.0);

  Mean mean;
  for (int i = 0; i < 5; ++i) mean.add(1.7e308);
  CHECK(mean.value() == 1.7e308);

  Variance variance;
  for (const double v : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) variance.add(v);
  CHECK(variance.value() == 22.5);
}

}  // namespace
}  // namespace sluice::query
