// Engine::scan against Engine::logs: the same lines, whatever the store answers by itself.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "query/engine/engine.h"
#include "query/engine/shape_memo.h"
#include "tests/query/logql/random_logs.h"

using namespace sluice;
using namespace sluice::query;
using test::Dice;
using test::Push;

namespace {

using StoredLines = std::vector<std::pair<Timestamp, std::string>>;

constexpr TimeRange everything{from_unix_ns(0), Timestamp::max()};

struct Scanned {
  test::MemoryLogSource logs;
  test::MemorySampleSource samples;
  Engine engine{logs, samples};
  QueryContext context;

  Result<StoredLines> by_query(const Expr& expr) {
    const LogLimits limits{everything, 100'000, Direction::backward};
    SLUICE_TRY(const auto result, engine.logs(expr, default_tenant(), limits, context));
    StoredLines lines;
    for (const auto& stream : std::get<Streams>(result.value))
      for (const auto& entry : stream.entries) lines.emplace_back(entry.timestamp, entry.line);
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  Result<StoredLines> by_scan(const Expr& expr) {
    StoredLines lines;
    const auto visit = [&](const LogBatch& batch, std::size_t row) -> Result<bool> {
      SLUICE_TRY(const auto line, line_of(batch, row));
      lines.emplace_back(batch.timestamps[row], line);
      return true;
    };
    const RowScan scan{default_tenant(), everything, {}, {}};
    SLUICE_CHECK(engine.scan(std::get<LogQuery>(expr.node), scan, context, visit));
    std::sort(lines.begin(), lines.end());
    return lines;
  }
};

}  // namespace

TEST_CASE("a scan finds levels that are not stored, as a query does") {
  Scanned s;
  s.logs.add({{"app", "a"}}, 1, "level=error refused");
  s.logs.add({{"app", "a"}}, 2, "level=info served");
  const auto expr = parse_logql(R"({app="a"} | detected_level="error")");
  REQUIRE(expr.has_value());
  const auto found = s.by_scan(**expr);
  REQUIRE(found.has_value());
  REQUIRE(found->size() == 1);
  CHECK((*found)[0].second == "level=error refused");
  CHECK(*found == *s.by_query(**expr));
}

TEST_CASE("a scan finds the lines that a query finds") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  std::size_t found = 0;
  for (int round = 0; round < 300; ++round) {
    Scanned s;
    test::fill(s.logs, dice, dice.below(2) == 0);
    const std::string text = R"({app=~".+"})" + test::random_stages(dice);
    INFO(text);
    const auto expr = parse_logql(text);
    if (!expr) continue;
    s.logs.set_push(Push::lines);
    const auto expected = s.by_query(**expr);
    for (const Push push : {Push::lines, Push::all, Push::mixed}) {
      s.logs.set_push(push, dice.seed());
      const auto scanned = s.by_scan(**expr);
      REQUIRE(scanned.has_value() == expected.has_value());
      if (!expected) continue;
      REQUIRE(*scanned == *expected);
      found += scanned->size();
    }
  }
  CHECK(found > 0);
}

TEST_CASE("a scan ends when its visitor has enough") {
  Scanned s;
  for (int i = 0; i < 100; ++i) s.logs.add({{"app", "a"}}, i, "line " + std::to_string(i));
  const auto expr = parse_logql(R"({app="a"})");
  int seen = 0;
  const auto visit = [&](const LogBatch&, std::size_t) -> Result<bool> { return ++seen < 7; };
  const RowScan scan{default_tenant(), everything, {}, {}};
  REQUIRE(bool(s.engine.scan(std::get<LogQuery>((*expr)->node), scan, s.context, visit)));
  CHECK(seen == 7);
}

TEST_CASE("what is known of a shape is known of its lines, within a scope") {
  const std::vector<std::string_view> lines = {"a", "b", "c"};
  const std::vector<Timestamp> times(3);
  const std::vector<std::uint32_t> shapes = {2, 2, 0};
  LogBatch batch;
  batch.timestamps = times;
  batch.lines = lines;
  batch.shapes = shapes;
  batch.shape_scope = 1;
  ShapeMemo<const char*> memo;
  int made = 0;
  const auto of = [&](std::size_t row) {
    return *memo.of(batch, row, [&](std::string_view line) -> Result<const char*> {
      ++made;
      return line.data();
    });
  };
  CHECK(*of(0) == 'a');
  CHECK(*of(1) == 'a');
  CHECK(*of(2) == 'c');
  CHECK(*of(2) == 'c');
  CHECK(made == 3);
  batch.shape_scope = 2;
  CHECK(*of(1) == 'b');
}
