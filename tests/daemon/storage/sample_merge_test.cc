// Merging sample parts: fewer of them, the same samples, whatever is sealed or restarted between.
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>

#include "daemon/storage/check_store.h"
#include "daemon/storage/samples/histogram_codec.h"
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
  std::size_t parts() {
    Scan scan = store().database().scan(Family::sample_part, "", "");
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

TEST_CASE_METHOD(MergeFixture, "a window that is over becomes one part") {
  const LabelSet up = {{"__name__", "up"}};
  for (std::int64_t i = 0; i < 7; ++i) {
    write(up, {{midday_ms + i * 1000, static_cast<double>(i)}});
    flush();
  }
  write(up, {{midday_ms + 4500, 4.5}});  // late
  write({{"__name__", "once"}}, {{midday_ms + 1, 1}});
  write(up, {{midday_ms - 5'000, -5}});  // of the window before
  flush();
  const auto before = values("up");
  CHECK(parts() == 9);
  merge();
  CHECK(parts() == 2);  // eight of like size
  clock.advance(std::chrono::hours(9));
  merge();
  CHECK(parts() == 2);
  CHECK(values("up") == before);
  reopen();
  CHECK(values("up") == before);
  CHECK(values("once").size() == 1);

  // More for a window that is over.
  write(up, {{midday_ms + 5500, 7.5}});
  flush();
  CHECK(parts() == 3);
  reopen();
  merge();
  CHECK(parts() == 2);
  CHECK(values("up").size() == before.size() + 1);
  const auto report = check_store(store().database(), [] { return false; });
  REQUIRE(report.has_value());
  CHECK(report->damaged == 0);
  CHECK(report->samples == before.size() + 2);
}

TEST_CASE_METHOD(MergeFixture, "many small seals are merged while the window goes on") {
  for (std::int64_t i = 0; i < 16; ++i) {
    for (const char* job : {"a", "b", "c"})
      write({{"__name__", "up"}, {"job", job}}, {{midday_ms + i * 1000, 1}});
    flush();
    if (i == 6) merge();
    CHECK(parts() == static_cast<std::size_t>(i) + 1);
  }
  merge();
  CHECK(parts() == 1);
  CHECK(values("up").size() == 48);
}

TEST_CASE_METHOD(MergeFixture, "at equal timestamps the first stays, also over merges") {
  const LabelSet up = {{"__name__", "up"}};
  for (int i = 0; i < 9; ++i) {
    // Two writers that do not see each other: both samples are durable.
    write(up, {{midday_ms + i, static_cast<double>(i)}});
    flush();
  }
  merge();
  write(up, {{midday_ms, 100}, {midday_ms + 8, 8}});
  CHECK(values("up")[0].second == 0);
  CHECK(metric(metrics, "sluice_storage_sample_conflicts_total") == 1);
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
  CHECK(parts() == 1);
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
  CHECK(parts() == 0);
  Scan rows = store().database().scan(Family::sample_rows, "", "");
  CHECK(!rows.next());
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
