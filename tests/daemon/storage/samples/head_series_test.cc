// A series in the head against a plain map: order, late samples, repeats, freezing.
#include "daemon/storage/samples/head_series.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/storage/samples/random_samples.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

using Model = std::map<std::int64_t, double>;

std::vector<Sample> in_range(const Model& model, std::int64_t start, std::int64_t end) {
  std::vector<Sample> samples;
  for (const auto& [time, value] : model)
    if (start <= time && time <= end) samples.push_back({time, value});
  return samples;
}

void check_equal(const HeadSeries& series, const Model& model, Random& random) {
  CHECK(same_samples(series.read(INT64_MIN, INT64_MAX).samples,
                     in_range(model, INT64_MIN, INT64_MAX)));
  const auto start = static_cast<std::int64_t>(random() % 6000);
  const auto end = start + static_cast<std::int64_t>(random() % 600);
  CHECK(same_samples(series.read(start, end).samples, in_range(model, start, end)));
  CHECK(series.any(start, end) == !in_range(model, start, end).empty());
  CHECK(series.empty() == model.empty());
}

HistogramPtr histogram_of_count(double count) {
  NativeHistogram histogram;
  histogram.count = count;
  histogram.positive = {{1, count}};
  return std::make_shared<const NativeHistogram>(histogram);
}

}  // namespace

TEST_CASE("a head series is a map of its samples, frozen or not") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 30; ++round) {
    HeadSeries series;
    Model model;
    Model frozen;
    std::int64_t now = 0;
    for (int step = 0; step < 600; ++step) {
      now += static_cast<std::int64_t>(random() % 20);
      const std::int64_t time =
          random() % 5 == 0 ? static_cast<std::int64_t>(random()) % (now + 1) : now;
      const std::int64_t at = time < 0 ? -time : time;
      const double value = static_cast<double>(random() % 100);
      const bool fresh = model.emplace(at, value).second;
      CHECK(series.insert({at, value}, nullptr) == fresh);
      if (const auto stored = series.at(at))
        CHECK(stored->sample.value == model[at]);
      else
        FAIL("it is not there");
      if (random() % 100 != 0) continue;
      if (frozen.empty()) {
        series.freeze();
        frozen = model;
        CHECK(same_samples(series.frozen_run().samples, in_range(frozen, INT64_MIN, INT64_MAX)));
        CHECK(series.frozen_until() == frozen.rbegin()->first);
      } else {
        CHECK(series.drop_frozen() == frozen.size());
        for (const auto& [gone, unused] : frozen) model.erase(gone);
        frozen.clear();
      }
      check_equal(series, model, random);
    }
    check_equal(series, model, random);
  }
}

TEST_CASE("histograms of the head come with their samples and leave with them") {
  HeadSeries series;
  for (int i = 0; i < 200; ++i)
    CHECK(series.insert({i * 10, histogram_value(0)}, histogram_of_count(i)));
  CHECK(series.insert({5, histogram_value(0)}, histogram_of_count(1000)));
  CHECK(!series.insert({5, 1}, nullptr));
  const SampleRun run = series.read(0, 20);
  REQUIRE(run.samples.size() == 4);
  CHECK(histogram_of(run.samples[1], run.histograms)->count == 1000);
  CHECK(histogram_of(run.samples[3], run.histograms)->count == 2);
  CHECK(series.at(30)->histogram->count == 3);
  series.freeze();
  CHECK(series.insert({10'000, histogram_value(0)}, histogram_of_count(7)));
  CHECK(series.drop_frozen() == 201);
  const SampleRun left = series.read(INT64_MIN, INT64_MAX);
  REQUIRE(left.samples.size() == 1);
  CHECK(left.histograms[0]->count == 7);
  series.freeze();
  series.drop_frozen();
  CHECK(series.empty());
  CHECK(series.bytes() < 200);
}
