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
#include "query/logql/label_filter.h"
#include "query/logql/pipeline.h"
#include "tests/query/memory_source.h"

using namespace sluice;
using namespace sluice::query;
using test::Push;

namespace {

using Lines = LogProjection::Lines;

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
  CHECK(counts.lines == Lines::none);
  CHECK_FALSE(counts.sizes);
  CHECK(counts.coalesce == std::chrono::minutes{1});
  CHECK_FALSE(counts.metadata.has_value());
  const auto& sizes = asked.metric(R"(sum by (app) (bytes_rate({app="a"} | pod="1" [5m])))");
  CHECK(sizes.lines == Lines::none);
  CHECK(sizes.sizes);
  CHECK(sizes.metadata == Names{"app", "pod"});
  asked.grid.start_ms += 1;
  CHECK(asked.metric(R"(rate({app="a"}[5m]))").coalesce == Duration{0});
}

TEST_CASE("fields are asked for by what is done with them") {
  Asked asked;
  const auto& one = asked.metric(
      R"(sum by (path) (sum_over_time({app="a"} | json | status >= 500 | drop x | unwrap ms [1m])))");
  CHECK(one.parser == Parser::json);
  CHECK(one.lines == Lines::on_demand);
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
  CHECK(four.lines == Lines::all);
}

TEST_CASE("a filter that may see another's error gives no condition") {
  Asked asked;
  const auto conditions = [&](const std::string& filters) {
    return asked.metric("sum(count_over_time({app=\"a\"} | json | " + filters + " [1m]))")
        .conditions.size();
  };
  CHECK(conditions("a > 1 | b > 2") == 1);
  CHECK(conditions("a > 1 | a < 2") == 2);
  CHECK(conditions("a > 1 | a < 2s") == 1);
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

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }
  std::string of(const std::vector<std::string>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }
  std::uint32_t seed() { return static_cast<std::uint32_t>(random_()); }

 private:
  std::mt19937 random_;
};

std::string random_json(Dice& dice) {
  if (dice.one_in(20)) return dice.of({"text", "", "[1]", R"({"level":"x",)", R"({"a":tru})"});
  std::string line;
  const auto field = [&](const std::string& name, const std::vector<std::string>& values) {
    for (int times = dice.one_in(15) ? 2 : dice.below(5) == 0 ? 0 : 1; times > 0; --times)
      line += (line.empty() ? "" : ",") + ("\"" + name + "\":") + dice.of(values);
  };
  field("level", {"\"error\"", "\"info\"", "\"warn\\u0021\"", "null", "\"\""});
  if (dice.one_in(2)) field("app", {"\"a\"", "\"z\""});
  field("status", {"200", "404", "500", "500", "-1.5", "1e2"});
  if (dice.one_in(12)) field("status", {"\"five\"", "true", "[1]"});
  field("ms", {"1", "2.5", "10", "0.1", "0.2"});
  if (dice.one_in(30)) field("ms", {"\"fast\""});
  field("took", {"\"1ms\"", "\"2s\"", "\"0\""});
  field("req", {R"({"id":7,"path":"/x"})", R"({"id":8})", "{}"});
  field("size", {"\"1KB\"", "\"12B\"", "7"});
  return "{" + line + "}";
}

std::string random_logfmt(Dice& dice) {
  std::string line;
  const auto field = [&](const std::string& name, const std::vector<std::string>& values) {
    if (!dice.one_in(5)) line += name + "=" + dice.of(values) + " ";
  };
  field("level", {"error", "info", "\"wa rn\"", "\"\"", ""});
  field("app", {"a", "q"});
  field("status", {"200", "404", "500", "x"});
  field("ms", {"1", "2.5", "0.1", "7e-1"});
  field("took", {"1ms", "2s", "90"});
  field("size", {"1KB", "2MiB"});
  field("bad\"", {"1"});
  return line;
}

LabelSet random_metadata(Dice& dice) {
  LabelSet metadata;
  if (dice.one_in(3)) metadata.set("trace", dice.of({"1", "2", "3"}));
  if (dice.one_in(6)) metadata.set("level", dice.of({"error", "debug"}));
  if (dice.one_in(8)) metadata.set("status", dice.of({"500", "no"}));
  if (dice.one_in(20)) metadata.set("ms", "4");
  return metadata;
}

void fill(test::MemoryLogSource& logs, Dice& dice, bool with_metadata) {
  const int n = dice.below(80);
  for (int i = 0; i < n; ++i) {
    LabelSet labels{{"app", dice.of({"a", "b"})}};
    if (dice.one_in(4)) labels.set("env", "prod");
    if (dice.one_in(8)) labels.set("level", "error");
    // Distinct times, many of them full seconds.
    const std::int64_t ns = i * 3'000'000'000 + (dice.one_in(2) ? dice.below(1'000'000'000) : 0);
    const std::string line = dice.one_in(3) ? random_logfmt(dice) : random_json(dice);
    logs.add(labels,
             LogEntry{from_unix_ns(ns), line, with_metadata ? random_metadata(dice) : LabelSet{}});
  }
}

std::string random_filter(Dice& dice, int depth = 0) {
  if (depth < 2 && dice.one_in(3)) {
    const std::string op = dice.of({" and ", " or "});
    return "(" + random_filter(dice, depth + 1) + op + random_filter(dice, depth + 1) + ")";
  }
  return dice.of({R"(level="error")",
                  R"(level!="error")",
                  R"(level=~"e.*|i.*")",
                  R"(level="")",
                  "status>=400",
                  "status<500",
                  "status==500",
                  "status!=404",
                  "ms>1",
                  "ms<=2.5",
                  "took>1s",
                  "took<=1ms",
                  "size>100B",
                  "req_id=7",
                  R"(req_path="/x")",
                  R"(app="a")",
                  R"(app_extracted="z")",
                  R"(env="prod")",
                  R"(trace="1")",
                  R"(__error__="")",
                  R"(__error__!="")",
                  R"(missing="")",
                  "missing>1"});
}

std::string random_stages(Dice& dice) {
  std::string out;
  if (dice.one_in(5)) out += dice.of({R"( |= "5")", R"( != "info")", R"( |~ "e.+r")"});
  if (dice.one_in(8)) out += " | " + random_filter(dice);
  out += dice.of({" | json", " | json", " | logfmt", " | logfmt", "", " | json | logfmt",
                  R"( | json level, ms="ms")", " | logfmt --keep-empty", R"( | drop app | json)"});
  for (int i = dice.below(4); i > 0; --i)
    out += dice.of({" | " + random_filter(dice), " | " + random_filter(dice), " | drop __error__",
                    " | drop level", R"( | drop level="error")", " | keep level, ms, status",
                    " | label_format l=level", R"( | line_format "{{.ms}}")"});
  return out;
}

std::string random_metric(Dice& dice) {
  std::string inner = R"({app=~".+"})" + random_stages(dice);
  const bool unwrap = dice.one_in(2);
  std::string op =
      dice.of({"count_over_time", "rate", "bytes_over_time", "bytes_rate", "absent_over_time"});
  if (unwrap) {
    op = dice.of({"sum_over_time", "avg_over_time", "min_over_time", "max_over_time",
                  "first_over_time", "last_over_time", "stddev_over_time", "rate",
                  "quantile_over_time"});
    inner += " | unwrap " + dice.of({"ms", "status", "duration(took)", "bytes(size)", "req_id"});
    if (dice.one_in(2)) inner += " | " + random_filter(dice);
    if (dice.one_in(2)) inner += R"( | __error__="")";
  }
  const std::string head = op + (op.starts_with("quantile") ? "(0.75, " : "(");
  const std::string range = dice.of({"60s", "120s", "7s", "30s500ms"});
  const std::string by = dice.of({"(level)", "(app, status)", "()", "(level, env, trace)", "(ms)",
                                  "(level, level)", "(app_extracted)"});
  const std::string core =
      head + inner + " [" + range + "]" + dice.of({"", "", " offset 1m", " offset -10s"}) + ")";
  if (!unwrap && op != "absent_over_time" && dice.one_in(2))
    return "sum " + dice.of({"by ", "by ", "without "}) + by + " (" + core + ")";
  const bool groups = unwrap && !op.starts_with("sum") && op != "rate";
  if (groups && dice.one_in(2)) return core + dice.of({" by ", " without "}) + by;
  if (op == "sum_over_time") return "sum by " + by + " (" + core + ")";
  return core;
}

// The metric, a line and a window at a time.
class Naive {
 public:
  Naive(const LogRangeAggregation& aggregation, const StepGrid& grid)
      : aggregation_(aggregation), grid_(grid) {}

  Result<std::map<LabelSet, std::vector<double>>> eval(
      const std::vector<test::MemoryStream>& streams) {
    for (const auto& stream : streams)
      if (matches_all(aggregation_.query.matchers, stream.labels)) SLUICE_CHECK(read(stream));
    std::map<LabelSet, std::vector<double>> out;
    if (aggregation_.op == "absent_over_time") samples_ = inverted();
    for (const auto& [labels, samples] : samples_) {
      std::vector<double> row;
      for (std::size_t i = 0; i < grid_.steps; ++i) row.push_back(at(samples, i));
      if (!std::all_of(row.begin(), row.end(), is_absent)) out.emplace(labels, std::move(row));
    }
    return out;
  }

 private:
  using Samples = std::vector<std::pair<std::int64_t, double>>;

  Result<void> read(const test::MemoryStream& stream) {
    SLUICE_TRY(auto pipeline, logql::Pipeline::compile(aggregation_.query.pipeline));
    pipeline.bind(stream.labels);
    for (const auto& entry : stream.entries) {
      const std::int64_t first = end_of(0) - aggregation_.range.count();
      if (unix_ns(entry.timestamp) <= first || unix_ns(entry.timestamp) > end_of(grid_.steps - 1))
        continue;
      if (!pipeline.run(entry.timestamp, entry.line, &entry.metadata)) continue;
      auto& labels = pipeline.labels();
      double value =
          aggregation_.op.starts_with("bytes") ? static_cast<double>(pipeline.line().size()) : 1;
      if (aggregation_.unwrap && !unwrap(labels, value)) continue;
      if (labels.has_error()) return invalid_argument("error in a line");
      samples_[group(labels)].emplace_back(unix_ns(entry.timestamp), value);
    }
    return {};
  }

  bool unwrap(logql::LineLabels& labels, double& value) const {
    const auto& unwrap = *aggregation_.unwrap;
    const auto text = labels.get(unwrap.label);
    if (!text) return false;
    const auto number = logql::unwrap_value(unwrap.convert, *text);
    if (!number) labels.set_error("SampleExtractionErr", "");
    value = number.value_or(0);
    return std::all_of(unwrap.post_filters.begin(), unwrap.post_filters.end(),
                       [&](const auto& filter) { return logql::passes(*filter, labels); });
  }

  LabelSet group(const logql::LineLabels& labels) const {
    std::vector<logql::LabelView> views;
    labels.collect(views);
    LabelSet out;
    for (const auto& [name, value, origin] : views) {
      if (aggregation_.op == "absent_over_time") continue;
      if (aggregation_.unwrap && aggregation_.unwrap->label == name) continue;
      const auto& grouping = aggregation_.grouping;
      if (grouping && (std::count(grouping->labels.begin(), grouping->labels.end(), name) > 0) ==
                          grouping->without)
        continue;
      out.set(name, value);
    }
    return out;
  }

  std::int64_t end_of(std::size_t step) const {
    return grid_.at(step) * 1'000'000 - aggregation_.offset.count();
  }

  // Each step without a line gets a sample.
  std::map<LabelSet, Samples> inverted() const {
    LabelSet labels;
    for (const auto& matcher : aggregation_.query.matchers)
      if (matcher.op() == MatchOp::equal) labels.set(matcher.name(), matcher.value());
    std::map<LabelSet, Samples> out;
    out[labels] = samples_.empty() ? Samples() : samples_.begin()->second;
    return out;
  }

  double at(const Samples& samples, std::size_t step) const {
    std::vector<double> values;
    const std::int64_t end = end_of(step);
    Samples inside;
    for (const auto& sample : samples)
      if (sample.first > end - aggregation_.range.count() && sample.first <= end)
        inside.push_back(sample);
    std::sort(inside.begin(), inside.end());
    for (const auto& [t, value] : inside) values.push_back(value);
    if (aggregation_.op == "absent_over_time") return values.empty() ? 1 : absent_value;
    return values.empty() ? absent_value : of(values);
  }

  double of(std::vector<double> values) const {
    const auto n = static_cast<double>(values.size());
    const double seconds = std::chrono::duration<double>(aggregation_.range).count();
    const std::string& op = aggregation_.op;
    double sum = 0, squares = 0;
    for (double v : values) sum += v;
    for (double v : values) squares += (v - sum / n) * (v - sum / n);
    if (op == "count_over_time") return n;
    if (op == "rate" || op == "bytes_rate") return sum / seconds;
    if (op == "sum_over_time" || op == "bytes_over_time") return sum;
    if (op == "avg_over_time") return sum / n;
    if (op == "first_over_time") return values.front();
    if (op == "last_over_time") return values.back();
    if (op == "stddev_over_time") return std::sqrt(squares / n);
    std::sort(values.begin(), values.end());
    if (op == "min_over_time") return values.front();
    if (op == "max_over_time") return values.back();
    const double rank = 0.75 * (n - 1);
    const auto low = static_cast<std::size_t>(rank);
    const auto high = std::min(low + 1, values.size() - 1);
    return values[low] + (values[high] - values[low]) * (rank - std::floor(rank));
  }

  const LogRangeAggregation& aggregation_;
  const StepGrid& grid_;
  std::map<LabelSet, Samples> samples_;
};

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
    const auto naive = Naive(range, grid).eval(logs.data());
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
