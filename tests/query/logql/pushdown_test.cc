// What a store may answer by itself: what is asked of it, and random queries over random logs,
// which must give the same whatever it answers. Reference: one line at a time, one window at a
// time.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>
#include <random>

#include "query/engine/engine.h"
#include "query/engine/grid.h"
#include "query/logql/pipeline.h"
#include "tests/query/logql/naive_range.h"
#include "tests/query/logql/random_logs.h"

using namespace sluice;
using namespace sluice::query;
using test::Dice;
using test::Push;

namespace {

using Wanted = LogProjection::Lines;

struct Asked {
  test::MemoryLogSource logs;
  QueryContext context;
  StepGrid grid{60'000, 60'000, 3};

  const LogProjection& metric(const std::string& text) {
    const auto expr = parse_logql(text);
    REQUIRE(expr.has_value());
    const auto& node = (*expr)->node;
    if (const auto* range = std::get_if<LogRangeAggregation>(&node))
      REQUIRE(eval_log_range(*range, grid, default_tenant(), logs, context).has_value());
    else
      REQUIRE(
          eval_grouped_log_range(std::get<Aggregation>(node), grid, default_tenant(), logs, context)
              .has_value());
    return logs.last_select().projection;
  }
};

std::vector<std::string> names(const LogProjection& projection) {
  std::vector<std::string> out;
  for (const auto& field : projection.fields) out.push_back(field.name + (field.number ? "#" : ""));
  return out;
}

using Names = std::vector<std::string>;
using Parser = LogProjection::Parser;

}  // namespace

TEST_CASE("counts and sizes need no lines") {
  Asked asked;
  const auto& counts = asked.metric(R"(count_over_time({app="a"} |= "x" [5m]))");
  CHECK(counts.lines == Wanted::none);
  CHECK_FALSE(counts.sizes);
  CHECK(counts.coalesce == std::chrono::minutes{1});
  CHECK_FALSE(counts.metadata.has_value());
  const auto& sizes = asked.metric(R"(sum by (app) (bytes_rate({app="a"} | pod="1" [5m])))");
  CHECK(sizes.lines == Wanted::none);
  CHECK(sizes.sizes);
  CHECK(sizes.metadata == Names{"app", "pod"});
  asked.grid.start_ms += 1;
  CHECK(asked.metric(R"(rate({app="a"}[5m]))").coalesce == Duration{0});
}

TEST_CASE("only windows are asked of times where nothing shows more of them") {
  Asked asked;
  const auto& counts = asked.metric(R"(count_over_time({app="a"} | json | x="1" [5m]))");
  REQUIRE(counts.same_until);
  CHECK(counts.to_the_end);
  const Timestamp before = from_unix_ns(0);
  CHECK(counts.same_until(before) > before);
  CHECK(asked.metric(R"(sum_over_time({app="a"} | json | unwrap x [5m]))").same_until);
  CHECK_FALSE(asked.metric(R"(last_over_time({app="a"} | json | unwrap x [5m]))").same_until);
  CHECK_FALSE(
      asked.metric(R"(quantile_over_time(0.9, {app="a"} | json | unwrap x [5m]))").same_until);
  CHECK_FALSE(asked.metric(R"(count_over_time({app="a"} | line_format "{{__timestamp__}}" [5m]))")
                  .same_until);
}

TEST_CASE("fields are asked for by what is done with them") {
  Asked asked;
  const auto& one =
      asked.metric(R"(sum by (path) (sum_over_time({app="a"} | json | status >= 500 | drop x )"
                   R"(| unwrap ms [1m])))");
  CHECK(one.parser == Parser::json);
  CHECK(one.lines == Wanted::on_demand);
  CHECK(names(one) == Names{"status#", "path", "ms#"});
  REQUIRE(one.conditions.size() == 1);
  CHECK(one.conditions[0].passes("501"));
  CHECK(one.conditions[0].passes("no number"));  // passes, with an error
  CHECK_FALSE(one.conditions[0].passes("404"));
  CHECK_FALSE(one.conditions[0].number_passes(404));
  CHECK_FALSE(one.conditions[0].absent_passes);
  const auto& two =
      asked.metric(R"(sum by (status) (count_over_time({app="a"} | logfmt | status >= 500 [1m])))");
  CHECK(names(two) == Names{"status"});
  // Without grouping all labels matter; the filter still spares lines.
  const auto& three = asked.metric(R"(count_over_time({app="a"} | json | a="1" or a="2" [1m]))");
  CHECK(names(three) == Names{"a"});
  CHECK(three.conditions.size() == 1);
  const auto& four = asked.metric(R"(count_over_time({app="a"} | json [1m]))");
  CHECK(four.parser == Parser::none);
  CHECK(four.lines == Wanted::all);
  // Behind `keep` no other labels are left.
  const auto& five = asked.metric(R"(count_over_time({app="a"} | json | keep a, b | drop b [1m]))");
  CHECK(five.parser == Parser::json);
  CHECK(names(five) == Names{"a"});
}

TEST_CASE("filters of one label give conditions, whatever those before them say") {
  Asked asked;
  const auto conditions = [&](const std::string& filters) {
    return asked.metric("sum(count_over_time({app=\"a\"} | json | " + filters + " [1m]))")
        .conditions.size();
  };
  CHECK(conditions("a > 1 | b > 2") == 2);
  CHECK(conditions("a > 1 | a < 2") == 2);
  CHECK(conditions("a > 1 | a < 2s") == 2);
  CHECK(conditions("a = ip(\"10.0.0.1\") | a > 1") == 1);
  CHECK(conditions("a > 1 | b = \"x\"") == 2);
  CHECK(conditions("a > 1 or b = \"x\"") == 0);
  CHECK(conditions("drop a | a = \"\"") == 0);
}

TEST_CASE("lines are looked at only where columns do not tell") {
  test::MemoryLogSource logs;
  logs.set_push(Push::all);
  for (int i = 0; i < 100; ++i) {
    const std::string status = i % 10 == 0 ? "500" : "200";
    logs.add({{"app", "a"}}, i, R"({"status":)" + status + R"(,"ms":1.5,"msg":"m"})");
  }
  test::MemorySampleSource no_samples;
  const Engine engine(logs, no_samples);
  QueryContext context;
  const auto sum = parse_logql(
      R"(sum by (status) (sum_over_time({app="a"} | json | status > 1 | unwrap ms [2m])))");
  REQUIRE(engine.instant(**sum, {default_tenant(), 100'000}, context).has_value());
  CHECK(logs.lines_loaded() == 0);
  const auto newest = parse_logql(R"({app="a"} | json | status=500)");
  const TimeRange range{from_unix_ns(0), from_unix_ns(1'000'000'000'000)};
  const auto streams = engine.logs(**newest, default_tenant(), {range, 3}, context);
  REQUIRE(streams.has_value());
  CHECK(std::get<Streams>(streams->value).at(0).entries.size() == 3);
  CHECK(logs.lines_loaded() == 3);
}

namespace {

// Sums over several streams are added up in the order of batches there and of streams here, and the
// squares of a deviation by another formula: equal but for rounding.
bool near(double a, double b) {
  if (is_absent(a) || is_absent(b)) return is_absent(a) && is_absent(b);
  return std::abs(a - b) <= 1e-12 + 1e-9 * std::abs(b);
}

bool same_bits(const GridVector& a, const GridVector& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) {
           return x.labels == y.labels &&
                  std::equal(x.values.begin(), x.values.end(), y.values.begin(), y.values.end(),
                             [](double v, double w) {
                               return std::bit_cast<std::uint64_t>(v) ==
                                      std::bit_cast<std::uint64_t>(w);
                             });
         });
}

std::string text_of(const GridVector& vector) {
  std::string out;
  for (const auto& series : vector) {
    out += series.labels.to_string();
    for (const double v : series.values) out += is_absent(v) ? " -" : " " + std::to_string(v);
    out += "\n";
  }
  return out;
}

Result<GridVector> eval(const Expr& expr, const StepGrid& grid, test::MemoryLogSource& logs) {
  QueryContext context;
  if (const auto* range = std::get_if<LogRangeAggregation>(&expr.node))
    return eval_log_range(*range, grid, default_tenant(), logs, context);
  SLUICE_TRY(auto grouped, eval_grouped_log_range(std::get<Aggregation>(expr.node), grid,
                                                  default_tenant(), logs, context));
  return grouped ? Result<GridVector>(std::move(*grouped)) : invalid_argument("not grouped");
}

LogRangeAggregation range_of(const Expr& expr) {
  if (const auto* range = std::get_if<LogRangeAggregation>(&expr.node)) return *range;
  const auto& aggregation = std::get<Aggregation>(expr.node);
  LogRangeAggregation range = range_of(*aggregation.expr);
  range.grouping = aggregation.grouping.value_or(Grouping{});
  return range;
}

}  // namespace

TEST_CASE("random metrics are the same however much the store answers") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  int errors = 0, values = 0;
  for (int round = 0; round < 1500; ++round) {
    test::MemoryLogSource logs(static_cast<std::size_t>(1 + dice.below(20)));
    fill(logs, dice, dice.one_in(2));
    const std::string query = random_metric(dice);
    StepGrid grid{1000 * (dice.one_in(2) ? 60 * dice.below(4) : dice.below(200)),
                  1000 * (dice.one_in(2) ? 60 : 1 + dice.below(40)),
                  static_cast<std::size_t>(1 + dice.below(5))};
    CAPTURE(round, query, grid.start_ms, grid.step_ms, grid.steps);
    const auto expr = parse_logql(query);
    INFO((expr ? std::string() : expr.error().message));
    REQUIRE(expr.has_value());
    const auto expected = eval(**expr, grid, logs);
    const LogRangeAggregation range = range_of(**expr);
    const auto naive = test::NaiveRange(range, grid).eval(logs.data());
    REQUIRE(naive.has_value() == expected.has_value());
    errors += naive ? 0 : 1;
    if (naive) {
      CAPTURE(text_of(*expected));
      REQUIRE(naive->size() == expected->size());
      for (const auto& series : *expected) {
        REQUIRE(naive->contains(series.labels));
        const auto& row = naive->at(series.labels);
        REQUIRE(std::equal(row.begin(), row.end(), series.values.begin(), near));
        ++values;
      }
    }
    for (const auto push : {Push::all, Push::mixed, Push::mixed}) {
      logs.set_push(push, dice.seed());
      const auto pushed = eval(**expr, grid, logs);
      REQUIRE(pushed.has_value() == expected.has_value());
      if (!pushed) {
        REQUIRE(pushed.error().message == expected.error().message);
        continue;
      }
      CAPTURE(text_of(*expected), text_of(*pushed));
      REQUIRE(same_bits(*pushed, *expected));
    }
  }
  CHECK(errors > 20);
  CHECK(values > 500);
}

TEST_CASE("random log queries are the same however much the store answers") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  using Hit = std::tuple<std::int64_t, std::string, std::string>;
  std::size_t hits = 0;
  for (int round = 0; round < 1000; ++round) {
    test::MemoryLogSource logs(static_cast<std::size_t>(1 + dice.below(20)));
    test::MemorySampleSource no_samples;
    fill(logs, dice, dice.one_in(2));
    const std::string query = R"({app=~".+"})" + random_stages(dice);
    LogLimits limits{{from_unix_ns(dice.below(60) * 1'000'000'000LL),
                      from_unix_ns((60 + dice.below(200)) * 1'000'000'000LL)},
                     static_cast<std::size_t>(1 + dice.below(30)),
                     dice.one_in(2) ? Direction::backward : Direction::forward};
    CAPTURE(round, query, limits.limit);
    const auto expr = parse_logql(query);
    REQUIRE(expr.has_value());

    std::vector<Hit> expected;
    for (const auto& stream : logs.data()) {
      auto pipeline = logql::Pipeline::compile(std::get<LogQuery>((*expr)->node).pipeline);
      REQUIRE(pipeline.has_value());
      pipeline->bind(stream.labels);
      for (const auto& entry : stream.entries) {
        if (!limits.range.contains(entry.timestamp)) continue;
        if (!pipeline->run(entry.timestamp, entry.line, &entry.metadata)) continue;
        std::vector<logql::LabelView> views;
        pipeline->labels().collect(views);
        LabelSet labels;
        for (const auto& view : views) labels.set(view.name, view.value);
        expected.emplace_back(unix_ns(entry.timestamp), labels.to_string(),
                              std::string(pipeline->line()));
      }
    }
    std::sort(expected.begin(), expected.end());
    if (limits.direction == Direction::backward) std::reverse(expected.begin(), expected.end());
    expected.resize(std::min(expected.size(), limits.limit));
    std::sort(expected.begin(), expected.end());
    hits += expected.size();

    for (const auto push : {Push::lines, Push::all, Push::mixed}) {
      logs.set_push(push, dice.seed());
      QueryContext context;
      const auto result = Engine(logs, no_samples).logs(**expr, default_tenant(), limits, context);
      REQUIRE(result.has_value());
      std::vector<Hit> got;
      for (const auto& stream : std::get<Streams>(result->value))
        for (const auto& entry : stream.entries)
          got.emplace_back(unix_ns(entry.timestamp), stream.labels.to_string(), entry.line);
      std::sort(got.begin(), got.end());
      REQUIRE(got == expected);
    }
  }
  CHECK(hits > 2000);
}
