// Gates over the real query engine: LogQL texts of the default service options, real pipelines.
#include "daemon/release/service_query.h"
#include "query/engine/engine.h"
#include "tests/daemon/release/gate_fixture.h"

namespace sluice::release::test {
namespace {

struct Stored {
  storage::test::FakeStore store;
  query::Engine engine{store.logs(), store.samples()};
  ManualClock clock{from_unix_ns(0) + std::chrono::hours(24 * 365)};
  const Timestamp start = clock.now();
  GateData data = engine_gate_data(engine, store, default_tenant());

  void line(int second, const std::string& version, const std::string& level,
            const std::string& message, int ns = 1) {
    const Timestamp at = start + seconds(second) + Duration{ns};
    const std::string text =
        R"({"version":")" + version + R"(","level":")" + level + R"(","msg":")" + message + "\"}";
    REQUIRE(
        store.push({default_tenant(), {{{{"service", "shop"}}, {{at, text, {}}}}}, std::nullopt})
            .has_value());
    store.fresh.newest_log = std::max(store.fresh.newest_log.value_or(at), at);
  }
};

}  // namespace

TEST_CASE("lines are counted per slice by the engine", "[gate]") {
  Stored s;
  s.line(-1, "B", "info", "too early");
  s.line(1, "B", "info", "fine");
  s.line(2, "B", "error", "cart 7 broken");
  s.line(2, "A", "error", "cart 8 broken");
  s.line(12, "B", "error", "cart 9 broken");
  s.line(35, "B", "info", "too late");
  const auto query = ServiceQuery::make({}, "shop", "default", "B");
  REQUIRE(query.has_value());
  const auto all = s.data.counts(query->lines(), s.start, seconds(10), 3);
  INFO((all ? "" : all.error().message));
  REQUIRE(all.has_value());
  CHECK(*all == std::vector<double>{2, 1, 0});
  const auto errors = s.data.counts(query->errors(), s.start, seconds(10), 3);
  REQUIRE(errors.has_value());
  CHECK(*errors == std::vector<double>{1, 1, 0});
  CHECK(s.data.counts(query->lines(), s.start, seconds(10), 0)->empty());
}

TEST_CASE("lines are counted by pattern, with a few of them, and found by it", "[gate]") {
  Stored s;
  for (int i = 1; i < 6; ++i) s.line(i, "B", "error", "cart " + std::to_string(i) + " broken");
  s.line(7, "B", "error", "lock 1 lost");
  s.line(8, "A", "error", "lock 2 lost");
  const auto query = ServiceQuery::make({}, "shop", "default", "B");
  const TimeRange range{s.start, s.start + seconds(60)};
  rules::PatternCounter counter({"msg"});
  REQUIRE(bool(s.data.patterns(query->errors(), range, counter)));
  const auto found = counter.patterns();
  REQUIRE(found.size() == 2);
  CHECK(found[0].pattern.display() == "cart <int> broken");
  CHECK(found[0].count == 5);
  CHECK(found[0].samples.size() == 3);
  CHECK(found[1].samples ==
        std::vector<std::string>{R"({"version":"B","level":"error","msg":"lock 1 lost"})"});
  CHECK(counter.lines() == 6);
  const auto has = [&](const std::string& log_query, const auto& pattern) {
    return s.data.has_pattern(log_query, range, counter, pattern.pattern.id()).value();
  };
  CHECK(has(query->errors(), found[0]));
  CHECK(has(query->errors_with({"cart "}), found[0]));
  CHECK_FALSE(has(query->errors_with({"lock ", " lost"}), found[0]));
  CHECK_FALSE(has(R"({service="shop"} |= "broken" | json | version="A")", found[0]));
}

TEST_CASE("a selector that formats lines is judged by what it makes of them", "[gate]") {
  Stored s;
  s.line(1, "B", "error", "cart 7 broken");
  rules::PatternCounter counter({"msg"});
  const std::string query = R"({service="shop"} | json | line_format "<{{.level}}> {{.msg}}")";
  REQUIRE(bool(s.data.patterns(query, {s.start, s.start + seconds(60)}, counter)));
  REQUIRE(counter.patterns().size() == 1);
  CHECK(counter.patterns()[0].pattern.display() == "<error> cart <int> broken");
}

namespace {

// A store that cannot give everything, and says so.
struct PartialLogs : query::LogSource {
  explicit PartialLogs(query::LogSource& all) : all_(all) {}
  Result<std::unique_ptr<query::LogScan>> open_scan(const query::LogSelect& select,
                                                    query::QueryContext& context) override {
    context.warn("some stored logs are damaged");
    return all_.scan(select, context);
  }
  Result<std::vector<LabelSet>> streams(const TenantId& tenant,
                                        const std::vector<query::LabelMatcher>& matchers,
                                        TimeRange range) override {
    return all_.streams(tenant, matchers, range);
  }

 private:
  query::LogSource& all_;
};

}  // namespace

TEST_CASE("lines or counts that are not complete are an error, never a verdict", "[gate]") {
  Stored s;
  s.line(1, "B", "error", "cart 7 broken");
  PartialLogs partial(s.store.logs());
  const query::Engine engine(partial, s.store.samples());
  const GateData data = engine_gate_data(engine, s.store, default_tenant());
  const auto query = ServiceQuery::make({}, "shop", "default", "B");
  const TimeRange range{s.start, s.start + seconds(60)};
  rules::PatternCounter counter({"msg"});
  const auto patterns = data.patterns(query->errors(), range, counter);
  REQUIRE(patterns.has_error());
  CHECK(patterns.error().message == "partial result: some stored logs are damaged");
  CHECK(data.has_pattern(query->errors(), range, counter, 0).has_error());
  CHECK_FALSE(data.counts(query->lines(), s.start, seconds(10), 3).has_value());
}

TEST_CASE("a query that does not parse is an error", "[gate]") {
  Stored s;
  CHECK_FALSE(s.data.counts("{", s.start, seconds(1), 1).has_value());
  rules::PatternCounter counter({"msg"});
  CHECK(s.data.patterns("{", {}, counter).has_error());
  CHECK(s.data.patterns("sum(rate({a=\"b\"}[5m]))", {}, counter).has_error());
}

TEST_CASE("the whole judgement over the engine: a planted defect is found and named", "[gate]") {
  Stored s;
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 10; ++i) {
      const bool planted = second % 2 == 0 && i == 0;  // 5 % of B's requests
      s.line(second, "A", i == 9 && second % 10 == 0 ? "error" : "info", "cart 7 broken", 10 + i);
      s.line(second, "B", planted ? "error" : "info", "lock 7 lost for order 9", 30 + i);
    }
  }
  GateRecord gate;
  gate.service = "shop";
  gate.version = "B";
  gate.baseline = "A";
  gate.started_at = s.start;
  gate.interval = seconds(10);
  gate.window = gate.timeout = seconds(60);
  const auto look = observe(gate, {}, {}, s.data, s.start + seconds(60));
  REQUIRE(look.seen.checks.size() == 2);
  const auto& rate = look.seen.checks[0];
  INFO(rate.reason);
  CHECK(rate.verdict == rules::Verdict::fail);
  CHECK(rate.candidate_samples == 600);
  const auto& novelty = look.seen.checks[1];
  INFO(novelty.reason);
  CHECK(novelty.verdict == rules::Verdict::fail);
  REQUIRE(novelty.patterns.size() == 1);
  CHECK(novelty.patterns[0].text == "lock <int> lost for order <int>");
  CHECK(novelty.patterns[0].count == 30);
  CHECK(look.seen.sight == rules::Evidence::ok);
  CHECK(look.sight.control == "concurrent");
}

}  // namespace sluice::release::test
