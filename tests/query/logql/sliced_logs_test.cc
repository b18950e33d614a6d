// LogSlices and SlicedLogs: slices cover the range once, and what they give is what the whole
// gives.
#include "query/engine/sliced_logs.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <tuple>

#include "tests/query/logql/random_logs.h"

using namespace sluice;
using namespace sluice::query;

namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;

std::vector<TimeRange> slices_of(TimeRange range, Direction direction) {
  LogSlices slices(range, direction);
  std::vector<TimeRange> out;
  while (const auto slice = slices.next()) out.push_back(*slice);
  return out;
}

// Each begins where the one before ended, cuts are at midnight, and the ends are those of the
// range.
void check_cover(TimeRange range, Direction direction) {
  auto slices = slices_of(range, direction);
  if (direction == Direction::backward) std::reverse(slices.begin(), slices.end());
  REQUIRE(slices.empty() == (range.start >= range.end));
  if (slices.empty()) return;
  CHECK(slices.size() <= LogSlices::most_slices);
  CHECK(slices.front().start == range.start);
  CHECK(slices.back().end == range.end);
  for (std::size_t i = 1; i < slices.size(); ++i) {
    CHECK(slices[i].start == slices[i - 1].end);
    CHECK(unix_ns(slices[i].start) % day_ns == 0);
  }
}

// Lines as they come, with their labels.
using Line = std::tuple<Timestamp, std::string, std::string>;
std::vector<Line> lines_of(const Streams& streams, Direction direction) {
  std::vector<Line> out;
  for (const auto& one : streams)
    for (const auto& entry : one.entries)
      out.emplace_back(entry.timestamp, one.labels.to_string(), entry.line);
  std::sort(out.begin(), out.end());
  if (direction == Direction::backward) std::reverse(out.begin(), out.end());
  return out;
}

struct Logs {
  test::MemoryLogSource logs;
  test::MemorySampleSource samples;
  Engine engine{logs, samples};
  ExprPtr all = *parse_logql(R"({app=~".+"})");

  // So many lines a day, at noon and after, on the first days of 1970.
  void add_days(int days, int lines) {
    for (int d = 0; d < days; ++d)
      for (int i = 0; i < lines; ++i)
        logs.add({{"app", i % 2 == 0 ? "a" : "b"}}, 86'400.0 * d + 43'200 + i,
                 std::to_string(d) + "." + std::to_string(i));
  }
  static TimeRange days(std::int64_t from, std::int64_t to) {
    return {from_unix_ns(from * day_ns), from_unix_ns(to * day_ns)};
  }
};

}  // namespace

TEST_CASE("slices of days cover the range once, in the direction of the query") {
  const auto midnight = [](std::int64_t d) { return from_unix_ns(d * day_ns); };
  CHECK(slices_of({midnight(1), midnight(3)}, Direction::backward) ==
        std::vector<TimeRange>{{midnight(2), midnight(3)}, {midnight(1), midnight(2)}});
  CHECK(slices_of({midnight(1), midnight(3)}, Direction::forward) ==
        std::vector<TimeRange>{{midnight(1), midnight(2)}, {midnight(2), midnight(3)}});
  CHECK(slices_of({from_unix_ns(5), from_unix_ns(9)}, Direction::backward).size() == 1);
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    const std::int64_t longest = std::int64_t{1} << (random() % 62);
    const auto start = static_cast<std::int64_t>(random() % (2'000'000 * 1'000'000'000'000ULL));
    const auto length = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(longest));
    CAPTURE(start, length);
    for (const auto direction : {Direction::backward, Direction::forward})
      check_cover({from_unix_ns(start), from_unix_ns(start + length)}, direction);
  }
  check_cover({Timestamp::min(), Timestamp::max()}, Direction::backward);
  check_cover({Timestamp::min(), Timestamp::max()}, Direction::forward);
}

TEST_CASE("lines come by slices, and the limit ends the query") {
  Logs f;
  f.add_days(4, 3);
  QueryContext context;
  const LogLimits limits{Logs::days(0, 10), 5, Direction::backward};
  SlicedLogs logs(f.engine, *f.all, default_tenant(), limits, context);
  std::vector<std::size_t> sizes;
  while (true) {
    const auto streams = logs.next();
    REQUIRE(bool(streams));
    if (!*streams) break;
    sizes.push_back(entries_in(**streams));
  }
  // The days of no lines are looked at, and those past the limit are not.
  CHECK(sizes == std::vector<std::size_t>{3, 2});
  CHECK(context.stats().splits == 8);
}

TEST_CASE("sliced, a query gives what it gives whole") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  test::Dice dice(seed);
  for (int round = 0; round < 200; ++round) {
    Logs f;
    for (int i = 0; i < 60; ++i)
      f.logs.add({{"app", dice.of({"a", "b", "c"})}}, 20'000.0 * dice.below(40),
                 "n=" + std::to_string(dice.below(9)));
    const auto expr =
        parse_logql(R"({app=~".+"})" + std::string(dice.one_in(2) ? "| logfmt" : "|= `n`"));
    REQUIRE(bool(expr));
    LogLimits limits{Logs::days(dice.below(3), 3 + dice.below(8)), 0, Direction::backward};
    if (dice.one_in(2)) limits.direction = Direction::forward;
    limits.limit = static_cast<std::size_t>(1 + dice.below(70));
    QueryContext whole_context, sliced_context;
    const auto whole = f.engine.logs(**expr, default_tenant(), limits, whole_context);
    SlicedLogs logs(f.engine, **expr, default_tenant(), limits, sliced_context);
    const auto sliced = all_slices(logs);
    REQUIRE((bool(whole) && bool(sliced)));
    const auto got = lines_of(*sliced, limits.direction);
    const auto expected = lines_of(std::get<Streams>(whole->value), limits.direction);
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      CHECK(std::get<Timestamp>(got[i]) == std::get<Timestamp>(expected[i]));
    // Of equal timestamps at the limit, which ones come is the source's choice.
    if (got.size() < limits.limit) CHECK(got == expected);
  }
}

TEST_CASE("a slice's memory is given back when the next is asked for, unless all are kept") {
  Logs f;
  f.add_days(3, 40);
  QueryLimits budget;
  QueryContext measured;
  const LogLimits limits{Logs::days(0, 3), 1000, Direction::forward};
  {
    SlicedLogs logs(f.engine, *f.all, default_tenant(), limits, measured);
    REQUIRE(bool(logs.next()));
    budget.max_memory_bytes = static_cast<std::size_t>(measured.held() * 3 / 2);
  }
  QueryContext streamed({}, budget), kept({}, budget);
  SlicedLogs one_by_one(f.engine, *f.all, default_tenant(), limits, streamed);
  std::size_t lines = 0;
  while (true) {
    const auto streams = one_by_one.next();
    REQUIRE(bool(streams));
    if (!*streams) break;
    lines += entries_in(**streams);
  }
  CHECK(lines == 120);
  CHECK(streamed.warnings().empty());
  CHECK(streamed.held() == 0);
  SlicedLogs together(f.engine, *f.all, default_tenant(), limits, kept);
  const auto part = all_slices(together);
  REQUIRE(bool(part));
  CHECK(entries_in(*part) < 120);
  CHECK(entries_in(*part) >= 40);
  REQUIRE(kept.warnings().size() == 1);
  CHECK(kept.warnings()[0].starts_with("the result is partial"));
}

TEST_CASE("what thinning takes away does not count against the limit") {
  Logs f;
  f.add_days(2, 10);
  QueryContext context;
  SlicedLogs logs(f.engine, *f.all, default_tenant(), {Logs::days(0, 2), 3, Direction::forward},
                  context);
  logs.thin(100, [](Streams streams) {
    for (auto& stream : streams)
      std::erase_if(stream.entries, [](const LogEntry& e) { return !e.line.ends_with(".4"); });
    std::erase_if(streams, [](const LogStream& stream) { return stream.entries.empty(); });
    return streams;
  });
  const auto streams = all_slices(logs);
  REQUIRE(bool(streams));
  CHECK(entries_in(*streams) == 2);
}

TEST_CASE("where thinning took as many lines as it may, the query ends and says so") {
  Logs f;
  f.add_days(3, 10);
  const auto all = [](Streams streams) { return streams; };
  const auto run = [&](std::size_t read, std::size_t limit, Direction direction) {
    QueryContext context;
    SlicedLogs logs(f.engine, *f.all, default_tenant(), {Logs::days(0, 3), limit, direction},
                    context);
    logs.thin(read, all);
    const auto streams = all_slices(logs);
    REQUIRE(bool(streams));
    auto lines = lines_of(*streams, direction);
    return std::pair(lines.size(), context.warnings());
  };
  const std::vector<std::string> cut = {
      "the result is partial: it ends where 4 lines were thinned out by interval; narrow the time "
      "range or the filters"};
  // Less than a slice: nothing of the next ones, which would leave a gap between.
  for (const auto direction : {Direction::backward, Direction::forward}) {
    const auto [lines, warnings] = run(4, 100, direction);
    CHECK(lines <= 5);
    CHECK(warnings == cut);
  }
  CHECK(run(14, 100, Direction::backward).first <= 15);
  CHECK(run(14, 100, Direction::backward).second.size() == 1);
  // All of them, or all that were asked for.
  CHECK(run(30, 100, Direction::backward) ==
        std::pair(std::size_t{30}, std::vector<std::string>{}));
  CHECK(run(4, 3, Direction::backward).second.empty());
}
