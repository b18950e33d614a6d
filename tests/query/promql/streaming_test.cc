// Aggregations over very many series: what they hold, in how many parts they are done, and how they
// end before their time.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>

#include "query/engine/engine.h"
#include "tests/query/memory_source.h"

namespace sluice::query {
namespace {

// Series that are made when they are asked for and forgotten with the next: a store of any size.
// Values are whole numbers, so that no order of adding gives another sum.
class MadeSeries : public SampleSource {
 public:
  MadeSeries(std::size_t count, std::uint32_t seed) : count_(count), seed_(seed) {}

  std::size_t divided = 0;           // into how many parts
  std::stop_source* stop = nullptr;  // stops at series `stop_at`
  std::size_t stop_at = 0;

  Result<std::unique_ptr<SeriesCursor>> select(const SampleSelect&,
                                               QueryContext& context) override {
    return std::unique_ptr<SeriesCursor>(std::make_unique<Cursor>(*this, context, 0, count_));
  }
  Result<std::vector<LabelSet>> series(const SampleSelect&, QueryContext&) override {
    return std::vector<LabelSet>();
  }
  Result<std::vector<MetricMetadata>> metadata(const TenantId&) override {
    return std::vector<MetricMetadata>();
  }

 private:
  class Cursor : public SeriesCursor {
   public:
    Cursor(MadeSeries& source, QueryContext& context, std::size_t begin, std::size_t end)
        : source_(source), context_(context), at_(begin), end_(end) {}
    Result<const SampleSeries*> next() override {
      if (at_ == end_) return nullptr;
      if (source_.stop && at_ == source_.stop_at) source_.stop->request_stop();
      make(at_++);
      context_.stats().samples += series_.samples.size();
      return &series_;
    }
    std::vector<std::unique_ptr<SeriesCursor>> split(std::size_t parts) override {
      std::vector<std::unique_ptr<SeriesCursor>> cursors;
      for (std::size_t i = 0; i < parts; ++i)
        cursors.push_back(
            std::make_unique<Cursor>(source_, context_, end_ * i / parts, end_ * (i + 1) / parts));
      source_.divided = parts;
      return cursors;
    }

   private:
    void make(std::size_t i) {
      std::mt19937 random(static_cast<std::uint32_t>(i) + source_.seed_);
      series_.labels = {
          {"__name__", "m_total"}, {"i", std::to_string(i)}, {"x", std::to_string(i % 10)}};
      series_.samples.clear();
      double value = 0;
      for (std::int64_t t = 0; t <= 600'000; t += 15'000) {
        value += static_cast<double>(random() % 100);
        if (random() % 50 != 0) series_.samples.push_back({t, value});
      }
    }

    MadeSeries& source_;
    QueryContext& context_;
    std::size_t at_;
    const std::size_t end_;
    SampleSeries series_;
  };

  const std::size_t count_;
  const std::uint32_t seed_;
};

struct Asked {
  MadeSeries source;
  std::size_t threads = 1;

  Result<QueryResult> operator()(std::string_view text, QueryContext& context) {
    test::MemoryLogSource logs;
    EngineOptions options;
    options.threads = threads;
    const auto expr = parse_promql(text);
    REQUIRE(expr.has_value());
    return Engine(logs, source, options)
        .range(**expr, {default_tenant(), 300'000, 600'000, 60'000, text}, context);
  }
};

QueryLimits budget(std::size_t bytes) {
  QueryLimits limits;
  limits.max_memory_bytes = bytes;
  return limits;
}

constexpr std::size_t many = 100'000;
constexpr std::size_t little = 64 << 10;

TEST_CASE("100,000 series are aggregated in the memory of their groups", "[engine]") {
  for (const char* text : {"sum by (x) (rate(m_total[5m]))", "max by (x) (m_total)"}) {
    Asked asked{MadeSeries(many, 1)};
    QueryContext context({}, budget(little));
    const auto result = asked(text, context);
    INFO(text << ": " << (result ? "" : result.error().message));
    REQUIRE(result.has_value());
    CHECK(std::get<Matrix>(result->value).size() == 10);
    CHECK(context.peak_bytes() > 0);
    CHECK(context.peak_bytes() < static_cast<std::int64_t>(little));
    CHECK(context.stats().samples > many * 20);
  }
}

TEST_CASE("arithmetic and functions of one value are streamed, too", "[engine]") {
  for (const char* text :
       {"sum by (x) (rate(m_total[5m]) * 8)", "count(m_total > 1000)", "avg(abs(m_total))",
        "sum(2 ^ clamp_max(rate(m_total[5m]), 3))", "min by (x) (round(increase(m_total[5m])))"}) {
    Asked asked{MadeSeries(5'000, 1)};
    QueryContext context({}, budget(little));
    const auto result = asked(text, context);
    INFO(text << ": " << (result ? "" : result.error().message));
    CHECK(result.has_value());
  }
  // What is not aggregated is held, and so is what might repeat a label set.
  for (const char* text : {"rate(m_total[5m])", "sum(rate({__name__=~\"m.*\"}[5m]))"}) {
    Asked asked{MadeSeries(5'000, 1)};
    QueryContext context({}, budget(little));
    const auto result = asked(text, context);
    REQUIRE(result.has_error());
    CHECK(result.error().code == ErrorCode::limit_exceeded);
  }
}

bool close(const Matrix& a, const Matrix& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].labels != b[i].labels || a[i].samples.size() != b[i].samples.size()) return false;
    for (std::size_t j = 0; j < a[i].samples.size(); ++j) {
      const double x = a[i].samples[j].value;
      const double y = b[i].samples[j].value;
      if (std::fabs(x - y) > 1e-9 * std::fabs(x)) return false;
    }
  }
  return true;
}

TEST_CASE("in parts the answer is the same", "[engine]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  for (const char* op : {"sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"}) {
    for (const char* of : {"rate(m_total[5m])", "m_total", "(m_total > 1500) / 2",
                           "quantile_over_time(0.5, m_total[2m])"}) {
      const std::string text = std::string(op) + " by (x) (" + of + ")";
      INFO(text);
      Asked one{MadeSeries(333, seed)};
      Asked four{MadeSeries(333, seed), 4};
      QueryContext alone;
      QueryContext together;
      const auto expected = one(text, alone);
      const auto got = four(text, together);
      REQUIRE((expected && got));
      CHECK(one.source.divided == 0);
      CHECK(four.source.divided == 4);
      CHECK(close(std::get<Matrix>(expected->value), std::get<Matrix>(got->value)));
      CHECK(alone.stats().samples == together.stats().samples);
      CHECK(expected->infos == got->infos);
    }
  }
}

TEST_CASE("what reads more than one selector is not divided", "[engine]") {
  Asked asked{MadeSeries(100, 1), 4};
  QueryContext context;
  CHECK(asked("sum(clamp_max(m_total, scalar(sum(m_total))))", context).has_value());
  CHECK(asked.source.divided == 4);  // the inner sum alone
  Asked other{MadeSeries(100, 1), 4};
  CHECK(other("sum(m_total * on (i) m_total)", context).has_value());
  CHECK(other.source.divided == 0);
}

TEST_CASE("limits, cancellation and deadlines hold in parts", "[engine]") {
  QueryLimits limits;
  limits.max_samples = 10'000;
  Asked asked{MadeSeries(many, 1), 4};
  QueryContext counted({}, limits);
  const auto too_many = asked("sum(m_total)", counted);
  REQUIRE(too_many.has_error());
  CHECK(too_many.error().code == ErrorCode::limit_exceeded);
  CHECK(counted.stats().samples < 20'000);

  std::stop_source stop;
  Asked stopped{MadeSeries(many, 1), 4};
  stopped.source.stop = &stop;
  stopped.source.stop_at = 10;
  QueryContext context(stop.get_token());
  const auto cancelled = stopped("sum(rate(m_total[5m]))", context);
  REQUIRE(cancelled.has_error());
  CHECK(cancelled.error().code == ErrorCode::cancelled);
  CHECK(context.stats().samples < many * 20);

  Asked late{MadeSeries(many, 1), 4};
  QueryContext past;
  past.set_deadline(past.started());
  const auto timed_out = late("sum(rate(m_total[5m]))", past);
  REQUIRE(timed_out.has_error());
  CHECK(timed_out.error().code == ErrorCode::timeout);

  Asked small{MadeSeries(1'000, 1), 4};
  QueryContext tight({}, budget(4 << 10));
  const auto over = small("sum by (i) (m_total)", tight);
  REQUIRE(over.has_error());
  CHECK(over.error().code == ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace sluice::query
