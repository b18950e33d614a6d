// Engine::logs over a memory source: which lines come out, in which order, under which labels.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "query/engine/engine.h"
#include "tests/query/memory_source.h"

using namespace sluice;
using namespace sluice::query;

namespace {

constexpr auto at_second = [](double seconds) {
  return from_unix_ns(static_cast<std::int64_t>(seconds * 1e9));
};

// A source with a query at hand.
struct LogFixture {
  test::MemoryLogSource logs;
  test::MemorySampleSource samples;
  Engine engine{logs, samples};
  QueryContext context;
  ExprPtr all = *parse_logql(R"({app=~".+"})");
  LogLimits limits{{at_second(0), at_second(1000)}, 100, Direction::backward};

  Result<Streams> query(const std::string& text) {
    SLUICE_TRY(auto expr, parse_logql(text));
    SLUICE_TRY(auto result, engine.logs(*expr, default_tenant(), limits, context));
    return std::get<Streams>(result.value);
  }
  // {labels}: line line ...; one per result stream
  std::vector<std::string> lines(const std::string& text) {
    auto streams = query(text);
    if (!streams) return {streams.error().message};
    std::vector<std::string> out;
    for (const auto& stream : *streams) {
      out.push_back(stream.labels.to_string() + ":");
      for (const auto& entry : stream.entries) out.back() += " " + entry.line;
    }
    std::sort(out.begin(), out.end());
    return out;
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a log query returns lines in its direction, up to its limit over all streams") {
  LogFixture f;
  for (int i = 1; i <= 10; ++i)
    f.logs.add(i % 2 == 0 ? LabelSet{{"app", "a"}} : LabelSet{{"app", "b"}}, i, std::to_string(i));
  f.limits.limit = 5;
  CHECK(f.lines("{app=~\".+\"}") == Lines{R"({app="a"}: 10 8 6)", R"({app="b"}: 9 7)"});
  f.limits.direction = Direction::forward;
  CHECK(f.lines("{app=~\".+\"}") == Lines{R"({app="a"}: 2 4)", R"({app="b"}: 1 3 5)"});
  CHECK(f.lines("{app=\"a\"}") == Lines{R"({app="a"}: 2 4 6 8 10)"});
}

TEST_CASE("the range is half-open") {
  LogFixture f;
  for (int i = 1; i <= 3; ++i) f.logs.add({{"app", "a"}}, i, std::to_string(i));
  f.limits.range = {at_second(1), at_second(3)};
  CHECK(f.lines("{app=\"a\"}") == Lines{R"({app="a"}: 2 1)"});
  f.limits.range = {at_second(3), at_second(3)};
  CHECK(f.lines("{app=\"a\"}").empty());
}

TEST_CASE("parsed labels split a stream") {
  LogFixture f;
  f.logs.add({{"app", "a"}}, 1, "level=info x=1");
  f.logs.add({{"app", "a"}}, 2, "level=warn x=2");
  f.logs.add({{"app", "a"}}, 3, "level=info x=3");
  CHECK(f.lines(R"({app="a"} | logfmt | drop x)") ==
        Lines{R"({app="a", level="info"}: level=info x=3 level=info x=1)",
              R"({app="a", level="warn"}: level=warn x=2)"});
  CHECK(f.lines(R"({app="a"} | logfmt | level="warn" | line_format "{{.x}}")") ==
        Lines{R"({app="a", level="warn", x="2"}: 2)"});
}

TEST_CASE("results tell stream labels, metadata and parsed labels apart") {
  LogFixture f;
  f.logs.add({{"app", "a"}}, 1, "level=info", LabelSet{{"trace", "t"}});
  auto streams = f.query(R"({app="a"} | logfmt)");
  REQUIRE(streams.has_value());
  REQUIRE(streams->size() == 1);
  CHECK(streams->front().labels.to_string() == R"({app="a", level="info", trace="t"})");
  CHECK(streams->front().metadata.to_string() == R"({trace="t"})");
  CHECK(streams->front().parsed.to_string() == R"({level="info"})");
}

TEST_CASE("filters and matchers are pushed down to the store") {
  LogFixture f;
  f.logs.add({{"app", "a"}}, 1, "an error");
  CHECK(f.lines(R"({app="a"} |= "error" | logfmt |~ "an")").size() == 1);
  CHECK(f.logs.last_select().filters.size() == 2);
  CHECK(f.logs.last_select().matchers.size() == 1);
  CHECK(f.logs.last_select().direction == Direction::backward);
}

TEST_CASE("identical entries all come back") {
  LogFixture f;
  for (int i = 0; i < 3; ++i) f.logs.add({{"app", "a"}}, 1, "same");
  CHECK(f.lines(R"({app=~".+"})") == Lines{R"({app="a"}: same same same)"});
}

TEST_CASE("a query over its memory budget gives what it has, and a warning") {
  LogFixture f;
  QueryLimits small;
  small.max_memory_bytes = 2000;
  QueryContext context({}, small);
  for (int i = 0; i < 20; ++i) f.logs.add({{"app", "a"}}, i, std::string(500, 'x'));
  auto result = f.engine.logs(*f.all, default_tenant(), f.limits, context);
  REQUIRE(result.has_value());
  const auto& streams = std::get<Streams>(result->value);
  REQUIRE(streams.size() == 1);
  CHECK(streams[0].entries.size() >= 1);
  CHECK(streams[0].entries.size() < 20);
  REQUIRE(result->warnings.size() == 1);
  CHECK(result->warnings[0].starts_with("the result is partial: query needs more than its memory"));
}

TEST_CASE("lines pushed out of the result give their memory back") {
  LogFixture f;
  QueryLimits small;
  small.max_memory_bytes = 4000;
  QueryContext context({}, small);
  f.limits.limit = 2;
  f.limits.direction = Direction::forward;
  // Streams whose oldest lines come late push out many.
  for (int s = 0; s < 30; ++s)
    for (int i = 0; i < 3; ++i) f.logs.add({{"app", "a"}}, 100 - s + i, std::string(300, 'x'));
  CHECK(f.engine.logs(*f.all, default_tenant(), f.limits, context).has_value());
}

TEST_CASE("a cancelled query stops") {
  LogFixture f;
  f.logs.add({{"app", "a"}}, 1, "x");
  std::stop_source stop;
  QueryContext context(stop.get_token());
  stop.request_stop();
  auto result = f.engine.logs(*f.all, default_tenant(), f.limits, context);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::cancelled);
}

TEST_CASE("a metric query is no log query") {
  LogFixture f;
  CHECK(f.lines("vector(1)") ==
        Lines{"a log query such as {app=\"web\"} is needed here, not a metric query"});
}

TEST_CASE("random data: the heap finds what sorting everything finds") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 200; ++round) {
    LogFixture f;
    std::vector<std::pair<std::int64_t, std::string>> all;
    const int n = pick(40);
    for (int i = 0; i < n; ++i) {
      const auto t = i * 100 + pick(2000);  // distinct enough; ties are avoided below
      if (std::any_of(all.begin(), all.end(), [&](auto& e) { return e.first == t; })) continue;
      all.emplace_back(t, "k=" + std::to_string(i));
      f.logs.add({{"app", std::to_string(pick(4))}},
                 {from_unix_ns(t), "k=" + std::to_string(i), {}});
    }
    f.limits.direction = pick(2) == 0 ? Direction::backward : Direction::forward;
    f.limits.limit = static_cast<std::size_t>(1 + pick(10));
    f.limits.range = {from_unix_ns(pick(1000)), from_unix_ns(2000 + pick(3000))};
    std::erase_if(all, [&](auto& e) { return !f.limits.range.contains(from_unix_ns(e.first)); });
    std::sort(all.begin(), all.end());
    if (f.limits.direction == Direction::backward) std::reverse(all.begin(), all.end());
    all.resize(std::min(all.size(), f.limits.limit));

    auto streams = f.query(R"({app=~".+"} | logfmt)");
    REQUIRE(streams.has_value());
    std::vector<std::pair<std::int64_t, std::string>> got;
    for (const auto& stream : *streams)
      for (const auto& entry : stream.entries)
        got.emplace_back(unix_ns(entry.timestamp), entry.line);
    std::sort(got.begin(), got.end());
    std::sort(all.begin(), all.end());
    CHECK(got == all);
  }
}

TEST_CASE("lines have a detected_level where the query names it") {
  LogFixture f;
  f.logs.add({{"app", "a"}}, 1, R"({"level":"warn"})");
  f.logs.add({{"app", "a"}}, 2, "an ERROR came");
  f.logs.add({{"app", "a"}, {"level", "debug"}}, 3, "error");
  f.logs.add({{"app", "a"}}, 4, "plain");
  f.logs.add({{"app", "a"}}, 5, "info", {{"detected_level", "fatal"}});
  CHECK(f.lines(R"({app="a"} | detected_level="error")") ==
        Lines{R"({app="a", detected_level="error"}: an ERROR came)"});
  CHECK(f.lines(R"({app="a"} | json | detected_level="warn" | drop level)") ==
        Lines{R"({app="a", detected_level="warn"}: {"level":"warn"})"});
  CHECK(f.lines(R"({app="a"} | detected_level=~"debug|fatal")") ==
        Lines{R"({app="a", detected_level="debug", level="debug"}: error)",
              R"({app="a", detected_level="fatal"}: info)"});
  CHECK(f.lines(R"({app="a"} | line_format "{{.detected_level}}" | keep app)") ==
        Lines{R"({app="a"}: fatal unknown debug error warn)"});
  // Who does not name it does not see it.
  LogFixture other;
  other.logs.add({{"app", "a"}}, 4, "plain");
  CHECK(other.lines(R"({app="a"} |= "plain")") == Lines{R"({app="a"}: plain)"});
}

TEST_CASE("metrics are grouped and filtered by detected_level") {
  LogFixture f;
  for (int i = 0; i < 9; ++i)
    f.logs.add({{"app", "a"}}, i, i % 3 == 0 ? "level=error x=1" : "level=info x=1");
  const auto count = [&](const std::string& text) {
    const auto expr = parse_logql(text);
    REQUIRE(bool(expr));
    QueryContext context;
    const auto result = f.engine.instant(**expr, {default_tenant(), 10'000}, context);
    REQUIRE(bool(result));
    std::map<std::string, double> values;
    for (const auto& sample : std::get<Vector>(result->value))
      values[sample.labels.to_string()] = sample.value;
    return values;
  };
  using Values = std::map<std::string, double>;
  const Values by_level = {{R"({detected_level="error"})", 3}, {R"({detected_level="info"})", 6}};
  CHECK(count(R"(sum by (detected_level) (count_over_time({app="a"}[1m])))") == by_level);
  CHECK(count(R"(max by (detected_level) (count_over_time({app="a"}[1m])))") == by_level);
  CHECK(
      count(
          R"(sum by (level, detected_level) (count_over_time({app="a"} | drop __error__[1m])))") ==
      by_level);
  CHECK(count(R"(sum by (detected_level) (sum_over_time({app="a"} | logfmt | unwrap x [1m])))") ==
        by_level);
  CHECK(count(R"(count_over_time({app="a"} | detected_level="error" [1m]))") ==
        Values{{R"({app="a", detected_level="error"})", 3}});
  CHECK(count(R"(count_over_time({app="a"}[1m]))") == Values{{R"({app="a"})", 9}});
}

TEST_CASE("levels that ingest finds are not looked for again") {
  LogFixture f;
  f.logs.add({{"app", "a"}}, 1, "an error");
  QueryLimits limits;
  limits.detect_levels = false;
  QueryContext context({}, limits);
  const auto expr = parse_logql(R"({app="a"} | detected_level="error")");
  const auto result = f.engine.logs(**expr, default_tenant(), f.limits, context);
  REQUIRE(bool(result));
  CHECK(std::get<Streams>(result->value).empty());
}
