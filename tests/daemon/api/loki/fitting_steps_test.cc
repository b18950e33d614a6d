// A metric query over its memory budget: its newest steps, whole, or a refusal.
#include <nlohmann/json.hpp>

#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

// 64 minutes of lines, each minute under a label value of its own.
void add_minutes(LokiFixture& f) {
  for (int m = 0; m < 64; ++m) f.add({{"app", "a"}, {"m", std::to_string(m)}}, m * 60 + 30, "x");
}

// An hour of steps that end now.
const std::string hour = "query=" + enc(R"(count_over_time({app="a"}[1m]))") +
                         "&start=1699996400&end=1700000000&step=60";

json ask(std::size_t budget) {
  LokiOptions options;
  options.limits.common().max_memory_bytes = budget;
  LokiFixture f(options);
  add_minutes(f);
  const auto response = f.call("/query_range", hour);
  return response.status == 200 ? json::parse(response.body) : json();
}

std::map<std::string, std::string> points_of(const json& body) {
  std::map<std::string, std::string> points;
  for (const auto& series : body["data"]["result"])
    for (const auto& value : series["values"])
      points[series["metric"]["m"].get<std::string>() + "@" + value[0].dump()] = value[1];
  return points;
}

}  // namespace

TEST_CASE("over its budget a metric query gives its newest steps, each whole, and says so") {
  const json whole = ask(64 << 20);
  CHECK(points_of(whole).size() == 61);
  CHECK_FALSE(whole.contains("warnings"));
  // The budget that half of the steps just fit into is looked for from above.
  std::size_t partial_answers = 0;
  for (std::size_t budget = 256 << 10; budget > 1000; budget = budget * 3 / 4) {
    const json body = ask(budget);
    if (body.is_null() || !body.contains("warnings")) continue;
    ++partial_answers;
    CAPTURE(budget);
    const auto points = points_of(body);
    CHECK(points.size() < 61);
    CHECK_FALSE(points.empty());
    for (const auto& [place, value] : points) CHECK(points_of(whole).at(place) == value);
    CHECK(points.contains("0@1700000000"));
    const auto warning = body["warnings"].back().get<std::string>();
    CHECK(warning.find("the result is partial and begins at 2023-11-14T2") != std::string::npos);
  }
  CHECK(partial_answers > 0);
}

TEST_CASE("one step that does not fit is refused") {
  LokiOptions options;
  options.limits.common().max_memory_bytes = 100;
  LokiFixture f(options);
  add_minutes(f);
  CHECK(f.error("/query_range", hour).starts_with("400: query needs more than its memory budget"));
  CHECK(f.error("/query", "query=" + enc(R"(count_over_time({app="a"}[1m]))"))
            .starts_with("400: query needs more than its memory budget"));
}
