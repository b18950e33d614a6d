// Merging sample chunks: fewer of them, the same samples, whatever is sealed or restarted between.
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>

#include "daemon/storage/check_store.h"
#include "daemon/storage/decimal_chunk.h"
#include "daemon/storage/histogram_codec.h"
#include "daemon/storage/merge_plan.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t midday_ms = noon / 1'000'000;

class MergeFixture : public StoreFixture {
 public:
  MergeFixture() { open(); }

  void write(const LabelSet& labels, std::vector<Sample> samples, HistogramList histograms = {}) {
    const auto written =
        store().write(tenant, {{labels, std::move(samples), std::move(histograms)}}, {});
    REQUIRE(written.has_value());
  }
  std::size_t chunks() {
    Scan scan = store().database().scan(Family::chunk, "", "");
    std::size_t count = 0;
    while (scan.next()) ++count;
    return count;
  }
  // Every sample of a metric, histograms as their count.
  std::vector<std::pair<std::int64_t, double>> values(const std::string& name) {
    std::vector<std::pair<std::int64_t, double>> out;
    for (const auto& series : samples(name, INT64_MIN, INT64_MAX))
      for (const auto& sample : series.samples) {
        const auto histogram = histogram_of(sample, series.histograms);
        out.emplace_back(sample.timestamp_ms, histogram ? histogram->count : sample.value);
      }
    return out;
  }
  void merge() { REQUIRE(store().merge_now().has_value()); }
};

HistogramPtr histogram_with(double count) {
  NativeHistogram histogram;
  histogram.count = count;
  histogram.sum = count / 3;
  histogram.positive = {{-2, 1}, {5, count - 1}};
  return std::make_shared<const NativeHistogram>(histogram);
}

}  // namespace

TEST_CASE_METHOD(MergeFixture, "a day that is over becomes one chunk a series") {
  const LabelSet up = {{"__name__", "up"}};
  for (std::int64_t i = 0; i < 10; ++i) {
    write(up, {{midday_ms + i * 1000, static_cast<double>(i)}});
    flush();
  }
  write(up, {{midday_ms + 4500, 4.5}});  // late
  flush();
  const auto before = values("up");
  CHECK(chunks() == 11);
  merge();
  CHECK(chunks() == 11);  // the day goes on
  clock.advance(std::chrono::hours(15));
  merge();
  CHECK(chunks() == 1);
  CHECK(values("up") == before);
  reopen();
  CHECK(values("up") == before);

  // More for that day: a seal takes the mark away, and the next merge takes it in.
  write(up, {{midday_ms + 7500, 7.5}});
  flush();
  reopen();
  merge();
  CHECK(chunks() == 1);
  CHECK(values("up").size() == before.size() + 1);
  const auto report = check_store(store().database(), [] { return false; });
  REQUIRE(report.has_value());
  CHECK(report->damaged == 0);
}

TEST_CASE_METHOD(MergeFixture, "many small seals are merged while the day goes on") {
  for (std::int64_t i = 0; i < 16; ++i) {
    for (const char* job : {"a", "b", "c"})
      write({{"__name__", "up"}, {"job", job}}, {{midday_ms + i * 1000, 1}});
    flush();
  }
  CHECK(chunks() == 48);
  merge();
  CHECK(chunks() == 3);
  CHECK(values("up").size() == 48);
}

TEST_CASE_METHOD(MergeFixture, "floats and histograms keep apart and in order") {
  for (std::int64_t i = 0; i < 6; ++i) {
    const LabelSet labels = {{"__name__", "mixed"}};
    if (i == 2 || i == 3)
      write(labels, {{midday_ms + i, histogram_value(0)}},
            {histogram_with(static_cast<double>(i))});
    else
      write(labels, {{midday_ms + i, static_cast<double>(i)}});
    flush();
  }
  const auto before = values("mixed");
  clock.advance(std::chrono::hours(24));
  merge();
  CHECK(chunks() == 3);
  CHECK(values("mixed") == before);
  CHECK(before.size() == 6);
}

TEST_CASE_METHOD(MergeFixture, "what retention drops is not merged") {
  options.retention = std::chrono::hours(24);
  reopen();
  write({{"__name__", "up"}}, {{midday_ms, 1}});
  flush();
  clock.advance(std::chrono::hours(24 * 5));
  store().tick();
  merge();
  CHECK(chunks() == 0);
  Scan marks = store().database().scan(Family::sample_state, merged_day_key(tenant, 0), "");
  std::size_t left = 0;
  while (marks.next()) ++left;
  CHECK(left == 0);
}

TEST_CASE("a merge plan knows days that are over and days with many chunks") {
  MergePlan plan;
  const TenantId a("a");
  constexpr Day today = 20'000;
  constexpr std::int64_t morning = std::int64_t{today} * ms_per_day + 1;
  plan.seen(a, today - 2);
  CHECK(plan.due(morning)->day == today - 2);
  plan.merged(a, today - 2, 5);
  CHECK_FALSE(plan.due(morning).has_value());
  plan.sealed(a, today - 1, 10);
  CHECK_FALSE(plan.due(morning).has_value());  // late samples have their time
  CHECK(plan.due(morning + 2 * 3'600'000)->day == today - 1);
  plan.dropped_before(a, today);
  CHECK_FALSE(plan.due(morning + ms_per_day).has_value());
  for (int i = 0; i < 15; ++i) plan.sealed(a, today, 10);
  CHECK_FALSE(plan.due(morning).has_value());
  plan.sealed(a, today, 10);
  CHECK(plan.due(morning)->day == today);
}

TEST_CASE("decimal chunks hold what short decimals are, and nothing else") {
  const auto size = [](const std::vector<double>& values) {
    std::vector<Sample> samples;
    for (const double value : values)
      samples.push_back({static_cast<std::int64_t>(samples.size()) * 15'000, value});
    const auto payload = encode_decimal_chunk(samples);
    if (!payload) return -1;
    const auto back = decode_decimal_chunk(*payload);
    REQUIRE((back && back->size() == samples.size()));
    for (std::size_t i = 0; i < samples.size(); ++i) {
      CHECK((*back)[i].timestamp_ms == samples[i].timestamp_ms);
      CHECK(same_sample((*back)[i].value, nullptr, samples[i].value, nullptr));
    }
    return static_cast<int>(payload->size());
  };
  CHECK(size({5}) > 0);
  CHECK(size({0.01, 0.29, 123.4567, -7}) > 0);
  CHECK(size(std::vector<double>(480, 3.25)) < 120);
  std::vector<double> pages;
  std::vector<double> seconds;
  for (int i = 0; i < 480; ++i) {
    pages.push_back(4096.0 * (1'000'000 + i * 37 % 64));
    seconds.push_back(std::round(1234567.0 + i * 15.0 + i * 7 % 29) / 100);
  }
  CHECK(size(pages) < 560);
  CHECK(size(seconds) < 560);
  CHECK(size({4503599627370495.0, -4503599627370495.0, 0}) > 0);
  CHECK(size({4503599627370496.0}) == -1);
  CHECK(size({0.00001}) == -1);
  CHECK(size({1.0 / 3}) == -1);
  CHECK(size({-0.0}) == -1);
  CHECK(size({std::nan("")}) == -1);
  CHECK(size({std::bit_cast<double>(stale_marker_bits)}) == -1);
  CHECK(size({HUGE_VAL}) == -1);
}

TEST_CASE("histogram chunks come back bit by bit") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  SampleRun run;
  for (std::int64_t i = 0; i < 200; ++i) {
    NativeHistogram h;
    h.hint = random() % 5 == 0 ? CounterReset::gauge : CounterReset::unknown;
    h.schema = static_cast<std::int32_t>(random() % 13) - 4;
    h.zero_threshold = random() % 2 ? 0.001 : 0;
    const double unit = random() % 4 == 0 ? 0.25 : 1;
    h.zero_count = unit * static_cast<double>(random() % 9);
    h.count = unit * static_cast<double>(random() % 1'000'000);
    h.sum = std::bit_cast<double>(random());
    std::int32_t index = -3;
    for (std::uint64_t n = random() % 6; n > 0; --n)
      h.positive.push_back({index += 1 + static_cast<std::int32_t>(random() % 40),
                            unit * static_cast<double>(random() % 100)});
    if (random() % 3 == 0) h.negative = {{2, 7}, {9, unit}};
    append_sample(run, i * 15'000 + static_cast<std::int64_t>(random() % 3), 0,
                  std::make_shared<const NativeHistogram>(h));
  }
  const auto back = decode_histogram_chunk(encode_histogram_chunk(run.samples, run.histograms));
  REQUIRE((back && back->samples.size() == run.samples.size()));
  for (std::size_t i = 0; i < run.samples.size(); ++i) {
    CHECK(back->samples[i].timestamp_ms == run.samples[i].timestamp_ms);
    CHECK(same_sample(0, back->histograms[i], 0, run.histograms[i]));
    CHECK((back->histograms[i]->hint == CounterReset::gauge) ==
          (run.histograms[i]->hint == CounterReset::gauge));
  }
}
