// eval_log_range: tables by hand, then random queries against an evaluator too simple to be wrong.

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>
#include <random>

#include "base/codec/json_writer.h"
#include "query/engine/engine.h"
#include "query/engine/grid.h"
#include "query/engine/log_window.h"
#include "tests/query/memory_source.h"

using namespace sluice;
using namespace sluice::query;

namespace {

struct RangeFixture {
  test::MemoryLogSource logs;
  QueryLimits limits;
  std::optional<QueryContext> context;
  StepGrid grid{10'000, 10'000, 3};  // 10 s, 20 s, 30 s

  Result<GridVector> eval(const std::string& text) {
    SLUICE_TRY(auto expr, parse_logql(text));
    context.emplace(std::stop_token{}, limits);
    if (const auto* range = std::get_if<LogRangeAggregation>(&expr->node))
      return eval_log_range(*range, grid, default_tenant(), logs, *context);
    SLUICE_TRY(auto grouped, eval_grouped_log_range(std::get<Aggregation>(expr->node), grid,
                                                    default_tenant(), logs, *context));
    if (!grouped) return invalid_argument("not grouped");
    return *grouped;
  }
  // {labels} 1 - 3; one per series, '-' where there is no value
  std::vector<std::string> rows(const std::string& text) {
    auto series = eval(text);
    if (!series) return {series.error().message};
    std::vector<std::string> out;
    for (const auto& s : *series) {
      out.push_back(s.labels.to_string());
      for (double v : s.values) out.back() += " " + (is_absent(v) ? "-" : format_sample_value(v));
    }
    return out;
  }
};

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("windows are open on the left and closed on the right") {
  RangeFixture f;
  for (double t : {0.0, 5.0, 10.0, 10.5, 20.0, 30.5}) f.logs.add({{"app", "a"}}, t, "x");
  CHECK(f.rows("count_over_time({app=\"a\"}[10s])") == Rows{R"({app="a"} 2 2 -)"});
  CHECK(f.rows("count_over_time({app=\"a\"}[20s])") == Rows{R"({app="a"} 3 4 2)"});
  CHECK(f.rows("count_over_time({app=\"a\"}[3s])") == Rows{R"({app="a"} 1 1 -)"});
  CHECK(f.rows("rate({app=\"a\"}[10s])") == Rows{R"({app="a"} 0.2 0.2 -)"});
}

TEST_CASE("offset looks back") {
  RangeFixture f;
  for (double t : {5.0, 15.0, 16.0}) f.logs.add({{"app", "a"}}, t, "x");
  CHECK(f.rows("count_over_time({app=\"a\"}[10s] offset 10s)") == Rows{R"({app="a"} - 1 2)"});
  CHECK(f.rows("count_over_time({app=\"a\"}[10s] offset -10s)") == Rows{R"({app="a"} 2 - -)"});
}

TEST_CASE("bytes count the line as the pipeline leaves it") {
  RangeFixture f;
  f.logs.add({{"app", "a"}}, 5, "12345");
  CHECK(f.rows("bytes_over_time({app=\"a\"}[10s])") == Rows{R"({app="a"} 5 - -)"});
  CHECK(f.rows("bytes_rate({app=\"a\"} | line_format \"12\" [10s])") ==
        Rows{R"({app="a"} 0.2 - -)"});
}

TEST_CASE("unwrap turns a label into the value and takes it out of the labels") {
  RangeFixture f;
  f.logs.add({{"app", "a"}}, 4, "v=4 d=1.5s b=2KB k=x");
  f.logs.add({{"app", "a"}}, 5, "v=1 d=500ms b=1KB k=x");
  f.logs.add({{"app", "a"}}, 6, "v=7 d=1s b=3KB k=x");
  f.logs.add({{"app", "a"}}, 7, "no value at all k=x");
  const auto one = [&](const std::string& op, const std::string& unwrap) {
    return f.rows(op + R"({app="a"} | logfmt | keep app, v, d, b | unwrap )" + unwrap +
                  " [10s]) by (app)")[0];
  };
  CHECK(one("avg_over_time(", "v") == R"({app="a"} 4 - -)");
  CHECK(one("min_over_time(", "v") == R"({app="a"} 1 - -)");
  CHECK(one("max_over_time(", "v") == R"({app="a"} 7 - -)");
  CHECK(one("first_over_time(", "v") == R"({app="a"} 4 - -)");
  CHECK(one("last_over_time(", "v") == R"({app="a"} 7 - -)");
  CHECK(one("stdvar_over_time(", "v") == R"({app="a"} 6 - -)");
  CHECK(one("quantile_over_time(0.5, ", "v") == R"({app="a"} 4 - -)");
  CHECK(one("max_over_time(", "duration(d)") == R"({app="a"} 1.5 - -)");
  CHECK(one("max_over_time(", "bytes(b)") == R"({app="a"} 3000 - -)");
  CHECK(f.rows(R"(sum_over_time({app="a"} | logfmt | drop d, b, no | unwrap v [10s]))") ==
        Rows{R"({app="a", k="x"} 12 - -)"});
}

TEST_CASE("lines in error fail the query unless they are filtered") {
  RangeFixture f;
  f.logs.add({{"app", "a"}}, 5, "v=1");
  f.logs.add({{"app", "a"}}, 6, "v=many");
  const auto rows = f.rows(R"(sum_over_time({app="a"} | logfmt | unwrap v [10s]))");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0] ==
        "pipeline error: 'SampleExtractionErr' (v does not convert: \"many\") for stream "
        "{app=\"a\"}; leave such lines out with | __error__=\"\" or ignore the error with | drop "
        "__error__");
  CHECK(f.rows(R"(sum_over_time({app="a"} | logfmt | unwrap v | __error__="" [10s]))") ==
        Rows{R"({app="a"} 1 - -)"});
  CHECK(f.rows(R"(count_over_time({app="a"} | json | drop __error__, __error_details__ [10s]))") ==
        Rows{R"({app="a"} 2 - -)"});
  CHECK(f.rows(R"(count_over_time({app="a"} | json [10s]))")[0].starts_with("pipeline error:"));
}

TEST_CASE("absent_over_time is one where nothing matches") {
  RangeFixture f;
  f.logs.add({{"app", "a"}, {"x", "1"}}, 15, "x");
  CHECK(f.rows(R"(absent_over_time({app="a", env=~"p.*|"}[10s]))") == Rows{R"({app="a"} 1 - 1)"});
  CHECK(f.rows(R"(absent_over_time({app="b"}[10s]))") == Rows{R"({app="b"} 1 1 1)"});
  CHECK(f.rows(R"(absent_over_time({app="a"}[100s]))") == Rows{R"({app="a"} 1 - -)"});
}

TEST_CASE("sums group while reading") {
  RangeFixture f;
  f.logs.add({{"app", "a"}, {"pod", "1"}}, 5, "level=info id=1");
  f.logs.add({{"app", "a"}, {"pod", "2"}}, 6, "level=warn id=2");
  f.logs.add({{"app", "b"}, {"pod", "3"}}, 7, "level=info id=3");
  CHECK(f.rows(R"(sum by (level) (count_over_time({app=~".+"} | logfmt [10s])))") ==
        Rows{R"({level="info"} 2 - -)", R"({level="warn"} 1 - -)"});
  CHECK(f.rows(R"(sum without (pod, id, level) (count_over_time({app=~".+"} | logfmt [10s])))") ==
        Rows{R"({app="a"} 2 - -)", R"({app="b"} 1 - -)"});
  CHECK(f.rows(R"(sum(count_over_time({app=~".+"}[10s])))") == Rows{"{} 3 - -"});
  CHECK(f.rows(R"(avg(count_over_time({app=~".+"}[10s])))") == Rows{"not grouped"});
}

TEST_CASE("past the limit of series the largest remain, and a warning says so") {
  RangeFixture f;
  f.limits.max_series = 2;
  for (int i = 1; i <= 5; ++i)
    for (int n = 0; n < i; ++n) f.logs.add({{"app", std::to_string(i)}}, 5 + n, "x");
  CHECK(f.rows(R"(count_over_time({app=~".+"}[10s]))") ==
        Rows{R"({app="4"} 4 - -)", R"({app="5"} 5 - -)"});
  REQUIRE(f.context->warnings().size() == 1);
  CHECK(f.context->warnings()[0].starts_with("the query has 5 series; only the 2 largest"));
}

TEST_CASE("a metric query over its memory budget ends with an error and gives all back") {
  RangeFixture f;
  f.limits.max_memory_bytes = 4000;
  for (int i = 0; i < 100; ++i) f.logs.add({{"app", std::to_string(i)}}, 5, "x");
  CHECK(f.rows(R"(count_over_time({app=~".+"}[10s]))")[0].starts_with(
      "query needs more than its memory"));
  CHECK(f.context->charge(3999).has_value());
}

namespace {

// For each step, look at every line.
double naive(const std::string& op, const std::vector<std::pair<double, double>>& samples,
             double begin, double end, double range) {
  std::vector<double> values;
  for (const auto& [t, v] : samples)
    if (t > begin && t <= end) values.push_back(v);
  if (values.empty()) return absent_value;
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (double v : values) sum += v;
  double squares = 0;
  for (double v : values) squares += (v - sum / n) * (v - sum / n);
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  if (op == "count_over_time") return n;
  if (op == "rate") return sum / range;
  if (op == "sum_over_time") return sum;
  if (op == "avg_over_time") return sum / n;
  if (op == "min_over_time") return sorted.front();
  if (op == "max_over_time") return sorted.back();
  if (op == "first_over_time") return values.front();
  if (op == "last_over_time") return values.back();
  if (op == "stdvar_over_time") return squares / n;
  if (op == "stddev_over_time") return std::sqrt(squares / n);
  const double rank = 0.75 * (n - 1);
  const auto low = static_cast<std::size_t>(rank);
  const auto high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (rank - std::floor(rank));
}

}  // namespace

TEST_CASE("random queries agree with looking at every line for every step") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const std::vector<std::string> ops = {"count_over_time",   "rate",
                                        "sum_over_time",     "avg_over_time",
                                        "min_over_time",     "max_over_time",
                                        "first_over_time",   "last_over_time",
                                        "stdvar_over_time",  "stddev_over_time",
                                        "quantile_over_time"};
  for (int round = 0; round < 300; ++round) {
    RangeFixture f;
    std::map<std::string, std::vector<std::pair<double, double>>> samples;
    for (int i = 0, t = 0; i < pick(60); ++i) {
      t += 1 + pick(8);
      const std::string app = std::to_string(pick(3));
      const double value = pick(100) - 50;
      samples[app].emplace_back(t, value);
      f.logs.add({{"app", app}}, t, "v=" + std::to_string(static_cast<int>(value)));
    }
    const auto& op = ops[static_cast<std::size_t>(pick(static_cast<int>(ops.size())))];
    const int range = 1 + pick(60);
    const int offset = pick(20) - 10;
    f.grid = {1000 * pick(50), 1000 * (1 + pick(30)), static_cast<std::size_t>(1 + pick(20))};
    const bool counts = op == "count_over_time";
    const std::string query = op + "(" + (op.starts_with("quantile") ? "0.75, " : "") +
                              "{app=~\".+\"} | logfmt " + (counts ? "| keep app" : "| unwrap v") +
                              " [" + std::to_string(range) + "s] offset " + std::to_string(offset) +
                              "s)";
    CAPTURE(query, f.grid.start_ms, f.grid.step_ms, f.grid.steps);
    auto got = f.eval(query);
    REQUIRE(got.has_value());
    std::size_t series_with_values = 0;
    for (const auto& [app, points] : samples) {
      std::vector<double> expected;
      for (std::size_t i = 0; i < f.grid.steps; ++i) {
        const double end = static_cast<double>(f.grid.at(i)) / 1000 - offset;
        expected.push_back(naive(op, points, end - range, end, range));
      }
      if (std::all_of(expected.begin(), expected.end(), is_absent)) continue;
      ++series_with_values;
      const auto it = std::find_if(got->begin(), got->end(),
                                   [&](const auto& s) { return s.labels.get("app") == app; });
      REQUIRE(it != got->end());
      for (std::size_t i = 0; i < f.grid.steps; ++i) {
        CAPTURE(app, i, it->values[i], expected[i]);
        REQUIRE(is_absent(it->values[i]) == is_absent(expected[i]));
        if (!is_absent(expected[i]))
          REQUIRE(it->values[i] == Catch::Approx(expected[i]).margin(1e-9));
      }
    }
    CHECK(got->size() == series_with_values);
  }
}

TEST_CASE("a stretch is the time that shares its windows, and no shorter") {
  std::mt19937 random(7);
  const auto below = [&](std::uint32_t n) { return static_cast<std::int64_t>(random() % n); };
  for (int round = 0; round < 2000; ++round) {
    const StepGrid grid{below(50), 1 + below(20), static_cast<std::size_t>(1 + below(4))};
    const WindowPlan plan(grid, std::chrono::milliseconds(1 + below(30)), Duration{0});
    const auto at = [](std::int64_t ms) { return from_unix_ns(ms * 1'000'000); };
    const std::int64_t t = below(150) - 50;
    const auto stretch = plan.stretch_at(at(t));
    CAPTURE(grid.start_ms, grid.step_ms, grid.steps, t);
    REQUIRE(stretch.last >= at(t));
    // Windows begin and end at whole milliseconds and are open on the left.
    std::int64_t last = t;
    while (last < 200 && plan.span_of(at(last + 1)) == stretch.span) ++last;
    if (last == 200)
      CHECK(stretch.last == Timestamp::max());
    else
      CHECK(stretch.last == at(last));
  }
}
