// QueryLimits::max_series of metric queries over logs: which series stay, and when it is met.
#include <catch2/catch_test_macros.hpp>

#include "query/engine/engine.h"
#include "tests/query/memory_source.h"

using namespace sluice;
using namespace sluice::query;

namespace {

struct FewSeries {
  test::MemoryLogSource logs{50};
  test::MemorySampleSource no_samples;
  QueryLimits limits;

  void add(const std::string& app, int lines) {
    for (int i = 0; i < lines; ++i) logs.add({{"app", app}}, 1 + i, "line");
  }
  QueryResult run(const std::string& text) {
    QueryContext context({}, limits);
    const auto expr = parse_logql(text);
    REQUIRE(expr.has_value());
    auto result = Engine(logs, no_samples).instant(**expr, {default_tenant(), 3'000'000}, context);
    REQUIRE(result.has_value());
    return std::move(*result);
  }
  static std::string text_of(const QueryResult& result) {
    std::string out;
    for (const auto& sample : std::get<Vector>(result.value))
      out +=
          sample.labels.to_string() + " " + std::to_string(static_cast<int>(sample.value)) + "\n";
    return out;
  }
};

}  // namespace

TEST_CASE("topk over logs needs no more series than it gives") {
  FewSeries f;
  f.limits.max_series = 5;
  for (int app = 0; app < 20; ++app) f.add("a" + std::to_string(app), app + 1);
  const std::string top = "{app=\"a19\"} 20\n{app=\"a18\"} 19\n{app=\"a17\"} 18\n";
  for (const std::string text : {R"(topk(3, count_over_time({app=~".+"}[1h])))",
                                 R"(topk(3, sum by (app) (count_over_time({app=~".+"}[1h]))))"}) {
    CAPTURE(text);
    const auto result = f.run(text);
    CHECK(f.text_of(result) == top);
    CHECK(result.warnings.empty());
  }
  // Where topk does not tell that few are wanted, all are made.
  CHECK(f.run(R"(topk(3, count_over_time({app=~".+"}[1h]) + 0))").warnings.size() == 1);
}

TEST_CASE("past the limit the greatest series stay, of equal ones the first by their labels") {
  FewSeries f;
  f.limits.max_series = 3;
  for (const char* app : {"a3", "a1", "a2", "b2"}) f.add(app, 1);
  f.add("b1", 5);
  const auto both =
      f.run(R"(count_over_time({app=~"a."}[1h]) or count_over_time({app=~"b."}[1h]))");
  CHECK(f.text_of(both) == "{app=\"a1\"} 1\n{app=\"a2\"} 1\n{app=\"b1\"} 5\n");
  CHECK(both.warnings ==
        std::vector<std::string>{"the result has 5 series; only the 3 greatest are returned"});
  const auto one = f.run(R"(count_over_time({app=~".+"}[1h]))");
  CHECK(f.text_of(one) == f.text_of(both));
}
