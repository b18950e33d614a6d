// The metrics store against a plain map: writes in and out of order, repeats, conflicts, seals,
// merges and restarts in random order; the same answers all along.
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t model_noon_ms = noon / 1'000'000;

class SampleModel : public StoreFixture {
 public:
  explicit SampleModel(std::uint64_t seed) : random_(seed) { open(); }

  void step() {
    switch (below(20)) {
      case 0: flush(); break;
      case 1: REQUIRE(store().merge_now().has_value()); break;
      case 2: reopen(); break;
      case 3: check(); break;
      case 4: now_ms_ += static_cast<std::int64_t>(below(4)) * 3'600'000; break;
      default: write();
    }
  }
  void check() {
    query_all_and_compare(INT64_MIN, INT64_MAX);
    const std::int64_t start = now_ms_ - static_cast<std::int64_t>(below(7'200'000));
    query_all_and_compare(start, start + static_cast<std::int64_t>(below(3'600'000)));
  }

 private:
  using Series = std::map<std::int64_t, double>;

  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::int64_t some_time() {
    if (below(4) != 0) return now_ms_ += 15'000;
    return now_ms_ - static_cast<std::int64_t>(below(3'600'000));
  }

  void write() {
    std::vector<SeriesSamples> series;
    std::size_t accepted = 0;
    for (std::uint64_t n = below(4) + 1; n > 0; --n) {
      SeriesSamples one;
      one.labels = {{"__name__", "m" + std::to_string(below(3))}, {"i", std::to_string(below(9))}};
      // A series once in a write: which of two would be first is nobody's promise.
      if (std::any_of(series.begin(), series.end(),
                      [&](const auto& other) { return other.labels == one.labels; }))
        continue;
      Series& known = model_[one.labels];
      for (std::uint64_t k = below(5) + 1; k > 0; --k) {
        const Sample sample{some_time(), static_cast<double>(below(3))};
        one.samples.push_back(sample);
        const auto [it, fresh] = known.emplace(sample.timestamp_ms, sample.value);
        accepted += fresh || it->second == sample.value ? 1 : 0;
      }
      series.push_back(std::move(one));
    }
    const auto written = store().write(tenant, std::move(series), {});
    REQUIRE(written.has_value());
    CHECK(written->accepted == accepted);
  }

  void query_all_and_compare(std::int64_t start, std::int64_t end) {
    for (int m = 0; m < 3; ++m) {
      const std::string name = "m" + std::to_string(m);
      std::vector<std::pair<LabelSet, Series>> wanted;
      for (const auto& [labels, known] : model_) {
        if (labels.get("__name__") != name) continue;
        Series part;
        for (const auto& [time, value] : known)
          if (start <= time && time <= end) part.emplace(time, value);
        if (!part.empty()) wanted.emplace_back(labels, std::move(part));
      }
      std::vector<std::pair<LabelSet, Series>> found;
      for (const auto& series : samples(name, start, end)) {
        found.emplace_back(series.labels, Series());
        for (const auto& sample : series.samples)
          found.back().second.emplace(sample.timestamp_ms, sample.value);
        CHECK(found.back().second.size() == series.samples.size());
      }
      CHECK(found == wanted);
    }
  }

  std::mt19937_64 random_;
  std::int64_t now_ms_ = model_noon_ms;
  std::map<LabelSet, Series> model_;
};

}  // namespace

TEST_CASE("the metrics store answers as a plain map does") {
  for (int round = 0; round < 6; ++round) {
    const std::uint64_t seed = std::random_device{}();
    INFO("seed " << seed);
    SampleModel model(seed);
    for (int i = 0; i < 150; ++i) model.step();
    model.check();
    model.reopen();
    model.check();
    CHECK(metric(model.metrics, "sluice_storage_corrupt_total") == 0);
  }
}
