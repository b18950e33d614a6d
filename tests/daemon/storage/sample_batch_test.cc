// Sample batches: they come back, damage is refused.
#include "daemon/storage/sample_batch.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "tests/daemon/storage/samples/random_samples.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

struct Written {
  std::vector<std::string> texts;  // labels point here
  SampleBatch batch;
};

HistogramPtr small_histogram() {
  NativeHistogram histogram;
  histogram.count = 3;
  histogram.positive = {{1, 3}};
  return std::make_shared<const NativeHistogram>(histogram);
}

Written random_batch(Random& random) {
  Written out;
  out.texts.reserve(1000);
  SampleBatch& batch = out.batch;
  batch.tenant = TenantId("t");
  batch.received = from_unix_ns(static_cast<std::int64_t>(random() >> 2));
  batch.origin = random() % 2 == 0 ? Origin::outside : Origin::own;
  for (std::uint64_t n = random() % 40; n > 0; --n) {
    BatchSeries series;
    series.number = random() % 3 == 0 ? random() : batch.series.size();
    series.first_label = static_cast<std::uint32_t>(batch.labels.size());
    series.labels = static_cast<std::uint32_t>(random() % 3);
    for (std::uint32_t i = 0; i < series.labels; ++i) {
      out.texts.push_back("name" + std::to_string(i));
      batch.labels.push_back({out.texts.back(), "value"});
    }
    const auto samples = random_samples(random, random() % 4 + 1, random() % 2 == 0);
    series.first_sample = static_cast<std::uint32_t>(batch.samples.size());
    series.samples = static_cast<std::uint32_t>(samples.size());
    batch.samples.insert(batch.samples.end(), samples.begin(), samples.end());
    if (random() % 8 == 0)
      batch.samples.back().value = add_histogram(batch.histograms, small_histogram());
    batch.series.push_back(series);
  }
  return out;
}

void check_same(const SampleBatch& a, const SampleBatch& b) {
  CHECK(a.tenant == b.tenant);
  CHECK(a.received == b.received);
  CHECK(a.origin == b.origin);
  CHECK(same_samples(a.samples, b.samples));
  CHECK(a.histograms.size() == b.histograms.size());
  REQUIRE(a.series.size() == b.series.size());
  for (std::size_t i = 0; i < a.series.size(); ++i) {
    CHECK(a.series[i].number == b.series[i].number);
    CHECK(a.series[i].samples == b.series[i].samples);
    CHECK(a.series[i].first_sample == b.series[i].first_sample);
    REQUIRE(a.series[i].labels == b.series[i].labels);
    for (std::uint32_t k = 0; k < a.series[i].labels; ++k)
      CHECK(a.labels[a.series[i].first_label + k].name ==
            b.labels[b.series[i].first_label + k].name);
  }
}

}  // namespace

TEST_CASE("sample batches come back, with labels and without") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 200; ++round) {
    const Written written = random_batch(random);
    const auto back = decode_sample_batch(encode_sample_batch(written.batch));
    REQUIRE(back.has_value());
    check_same(*back, written.batch);
  }
}

TEST_CASE("a sample batch cut anywhere is refused") {
  Random random(11);
  for (int round = 0; round < 20; ++round) {
    const std::string whole = encode_sample_batch(random_batch(random).batch);
    for (std::size_t n = 0; n < whole.size(); ++n) CHECK(!decode_sample_batch(whole.substr(0, n)));
  }
}
