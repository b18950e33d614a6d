// Random queries over random logs, answered from a store's columns and from plain lines in memory:
// both must say the same, the first time and from what the store has decoded by then.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <tuple>

#include "query/engine/engine.h"
#include "query/engine/grid.h"
#include "tests/daemon/storage/store_fixture.h"
#include "tests/query/logql/random_logs.h"

using namespace sluice;
using namespace sluice::storage::test;
using query::test::Dice;

namespace {

// The same entries in both, in the store as parts and the last ones in its head.
struct Twins : StoreFixture {
  explicit Twins(Dice& dice) {
    options.retention = std::chrono::hours(0);
    open();
    const bool with_metadata = dice.one_in(2);
    for (int i = 0; i < 60; ++i) fill(memory, dice, with_metadata);
    for (std::size_t part = 0; part < 3; ++part) {
      std::vector<StreamEntries> streams;
      for (const auto& stream : memory.data()) {
        const auto at = [&](std::size_t third) {
          return stream.entries.begin() +
                 static_cast<std::ptrdiff_t>(stream.entries.size() * third / 3);
        };
        if (at(part) != at(part + 1)) streams.push_back({stream.labels, {at(part), at(part + 1)}});
      }
      push(std::move(streams));
      if (part < 2) flush();
    }
  }
  query::test::MemoryLogSource memory{50};
};

// Sums are added up in another order.
bool near(double a, double b) {
  if (query::is_absent(a) || query::is_absent(b)) return query::is_absent(a) && query::is_absent(b);
  return std::abs(a - b) <= 1e-12 + 1e-9 * std::abs(b);
}

Result<query::GridVector> evaluate(const query::Expr& expr, const query::StepGrid& grid,
                                   query::LogSource& logs) {
  query::QueryContext context;
  if (const auto* range = std::get_if<query::LogRangeAggregation>(&expr.node))
    return query::eval_log_range(*range, grid, default_tenant(), logs, context);
  SLUICE_TRY(auto grouped, query::eval_grouped_log_range(std::get<query::Aggregation>(expr.node),
                                                         grid, default_tenant(), logs, context));
  if (!grouped) return Error{ErrorCode::invalid_argument, "not grouped"};
  return std::move(*grouped);
}

void check_metric(Twins& twins, Dice& dice) {
  const std::string text = random_metric(dice);
  // Which of several entries at one time is the first is for the order of parts to say.
  if (text.find("first_over") != text.npos || text.find("last_over") != text.npos) return;
  const query::StepGrid grid{1000 * (dice.one_in(2) ? 60 * dice.below(4) : dice.below(200)),
                             1000 * (dice.one_in(2) ? 60 : 1 + dice.below(40)),
                             static_cast<std::size_t>(1 + dice.below(5))};
  CAPTURE(text, grid.start_ms, grid.step_ms, grid.steps);
  const auto expr = query::parse_logql(text);
  REQUIRE(expr.has_value());
  const auto expected = evaluate(**expr, grid, twins.memory);
  for (int again = 0; again < 2; ++again) {
    const auto got = evaluate(**expr, grid, twins.store().logs());
    REQUIRE(got.has_value() == expected.has_value());
    if (!got) continue;
    REQUIRE(got->size() == expected->size());
    for (std::size_t i = 0; i < got->size(); ++i) {
      REQUIRE((*got)[i].labels == (*expected)[i].labels);
      REQUIRE(std::equal((*got)[i].values.begin(), (*got)[i].values.end(),
                         (*expected)[i].values.begin(), near));
    }
  }
}

using Line = std::tuple<std::int64_t, std::string, std::string>;

std::vector<Line> lines_of(query::LogSource& logs, const query::Expr& expr,
                           const query::LogLimits& limits, query::QueryContext& context) {
  query::test::MemorySampleSource no_samples;
  const auto result = query::Engine(logs, no_samples).logs(expr, default_tenant(), limits, context);
  REQUIRE(result.has_value());
  std::vector<Line> lines;
  for (const auto& stream : std::get<query::Streams>(result->value))
    for (const auto& entry : stream.entries)
      lines.emplace_back(unix_ns(entry.timestamp), stream.labels.to_string(), entry.line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// What was looked at and found, so that the test can tell that it tests something.
struct Seen {
  std::uint64_t columns = 0;
  std::size_t lines = 0;
};

void check_lines(Twins& twins, Dice& dice, Seen& seen) {
  const std::string text = R"({app=~".+"})" + random_stages(dice);
  const query::LogLimits limits{
      {from_unix_ns(dice.below(60) * second), from_unix_ns((60 + dice.below(200)) * second)},
      100'000,
      query::Direction::backward};
  CAPTURE(text);
  const auto expr = query::parse_logql(text);
  REQUIRE(expr.has_value());
  query::QueryContext of_memory;
  const auto expected = lines_of(twins.memory, **expr, limits, of_memory);
  for (int again = 0; again < 2; ++again) {
    query::QueryContext context;
    REQUIRE(lines_of(twins.store().logs(), **expr, limits, context) == expected);
    seen.columns += context.stats().columns_scanned;
  }
  seen.lines += expected.size();
}

}  // namespace

TEST_CASE("a store answers random queries as plain lines do") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  Seen seen;
  for (int store = 0; store < 2; ++store) {
    Twins twins(dice);
    for (int round = 0; round < 40; ++round) {
      check_metric(twins, dice);
      check_lines(twins, dice, seen);
    }
  }
  CHECK(seen.lines > 500);
  CHECK(seen.columns > 50);
}
