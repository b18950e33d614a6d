// Groups of series: labels and samples come back, damage is refused.
#include <catch2/catch_test_macros.hpp>

#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/samples/sample_group.h"
#include "daemon/storage/samples/time_table.h"
#include "tests/daemon/storage/samples/random_samples.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

HistogramPtr random_histogram(double count) {
  NativeHistogram histogram;
  histogram.count = count;
  histogram.sum = count / 3;
  histogram.positive = {{-2, 1}, {5, count - 1}};
  return std::make_shared<const NativeHistogram>(histogram);
}

std::vector<GroupSeries> random_group(Random& random) {
  std::vector<GroupSeries> group;
  const std::uint64_t count = random() % 30 + 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    GroupSeries series;
    series.key = label_key({{"__name__", "m" + std::to_string(i / 4)},
                            {"i", std::string(1, static_cast<char>('a' + i % 4))}});
    series.table = static_cast<std::uint32_t>(random() % 1000);
    for (const Sample& sample : random_samples(random, random() % 100 + 1, true))
      append_sample(
          series.run, sample.timestamp_ms, sample.value,
          random() % 50 == 0 ? random_histogram(static_cast<double>(random() % 9 + 2)) : nullptr);
    group.push_back(std::move(series));
  }
  std::sort(group.begin(), group.end(), [](auto& a, auto& b) { return a.key < b.key; });
  return group;
}

std::vector<std::int64_t> times_of(const SampleRun& run) {
  std::vector<std::int64_t> times;
  for (const Sample& sample : run.samples) times.push_back(sample.timestamp_ms);
  return times;
}

void check_same(const SampleRun& a, const SampleRun& b) {
  REQUIRE(a.samples.size() == b.samples.size());
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    CHECK(a.samples[i].timestamp_ms == b.samples[i].timestamp_ms);
    CHECK(same_sample(a.samples[i].value, histogram_of(a.samples[i], a.histograms),
                      b.samples[i].value, histogram_of(b.samples[i], b.histograms)));
  }
}

}  // namespace

TEST_CASE("groups of series come back, floats and histograms") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 60; ++round) {
    const auto group = random_group(random);
    const auto keys = decode_group_labels(encode_group_labels(group, 3));
    REQUIRE((keys && keys->size() == group.size()));
    const auto samples = SampleGroup::decode(encode_group_samples(group, 3));
    REQUIRE((samples && samples->size() == group.size()));
    for (std::size_t i = 0; i < group.size(); ++i) {
      CHECK((*keys)[i] == group[i].key);
      CHECK(samples->table(i) == group[i].table);
      auto times = times_of(group[i].run);
      const auto run = samples->read(i, times);
      REQUIRE(run.has_value());
      check_same(*run, group[i].run);
      times.push_back(times.back() + 1);
      CHECK(!samples->read(i, times));
    }
  }
}

TEST_CASE("groups cut anywhere are refused") {
  Random random(7);
  const auto group = random_group(random);
  const std::string labels = encode_group_labels(group, 3);
  const std::string samples = encode_group_samples(group, 3);
  for (std::size_t n = 0; n < labels.size(); ++n) CHECK(!decode_group_labels(labels.substr(0, n)));
  for (std::size_t n = 0; n < samples.size(); ++n)
    CHECK(!SampleGroup::decode(samples.substr(0, n)));
}

TEST_CASE("blocks of timestamps keep their tables apart") {
  const std::vector<std::string> tables = {"a", "", "bcd"};
  const auto back = decode_time_block(encode_time_block(tables, 3));
  REQUIRE(back.has_value());
  CHECK(*back == tables);
  CHECK(!decode_time_block("x"));
}
