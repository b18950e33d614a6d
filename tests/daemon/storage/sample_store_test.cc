// Metric samples: kept bit by bit, the first value of a timestamp stays, over seals and reopening.
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr std::int64_t noon_in_ms = noon / 1'000'000;
constexpr std::int64_t hour_ms = 3'600'000;

class SampleFixture : public StoreFixture {
 public:
  SampleFixture() { open(); }

  std::size_t write(const LabelSet& labels, std::vector<Sample> samples) {
    auto written = store().write(tenant, {{labels, std::move(samples)}}, {});
    REQUIRE(written.has_value());
    return written->accepted;
  }
  std::vector<std::pair<std::int64_t, double>> values(const std::string& name,
                                                      std::int64_t start = INT64_MIN,
                                                      std::int64_t end = INT64_MAX) {
    std::vector<std::pair<std::int64_t, double>> out;
    for (const auto& series : samples(name, start, end))
      for (const auto& sample : series.samples) out.emplace_back(sample.timestamp_ms, sample.value);
    return out;
  }
};

using Values = std::vector<std::pair<std::int64_t, double>>;
const LabelSet up = {{"__name__", "up"}, {"job", "a"}};

}  // namespace

TEST_CASE_METHOD(SampleFixture, "samples are there after write, seal and reopening") {
  CHECK(write(up, {{noon_in_ms, 1}, {noon_in_ms + 15'000, 0}}) == 2);
  const Values expected = {{noon_in_ms, 1}, {noon_in_ms + 15'000, 0}};
  CHECK(values("up") == expected);
  reopen();
  CHECK(values("up") == expected);
  flush();
  CHECK(values("up") == expected);
  reopen();
  CHECK(values("up") == expected);
  CHECK(write(up, {{noon_in_ms + 30'000, 5}}) == 1);
  CHECK(values("up").size() == 3);
}

TEST_CASE_METHOD(SampleFixture, "both ends of the range belong to it") {
  write(up, {{noon_in_ms, 1}, {noon_in_ms + 1, 2}, {noon_in_ms + 2, 3}});
  for (int round = 0; round < 2; ++round) {
    CHECK(values("up", noon_in_ms, noon_in_ms + 1) == Values{{noon_in_ms, 1}, {noon_in_ms + 1, 2}});
    CHECK(values("up", noon_in_ms + 3, noon_in_ms + 9).empty());
    flush();
  }
}

TEST_CASE_METHOD(SampleFixture, "an equal sample is accepted, another value is not") {
  write(up, {{noon_in_ms, 1}});
  const auto check = [&] {
    CHECK(write(up, {{noon_in_ms, 1}}) == 1);
    CHECK(write(up, {{noon_in_ms, 2}}) == 0);
    CHECK(values("up") == Values{{noon_in_ms, 1}});
  };
  check();
  flush();
  check();
  reopen();
  check();
  CHECK(metric(metrics, "sluice_storage_sample_conflicts_total") == 3);
}

TEST_CASE_METHOD(SampleFixture, "one write with a timestamp twice keeps the first") {
  CHECK(write(up, {{noon_in_ms, 1}, {noon_in_ms - 5, 3}, {noon_in_ms, 2}, {noon_in_ms, 1}}) == 3);
  CHECK(values("up") == Values{{noon_in_ms - 5, 3}, {noon_in_ms, 1}});
}

TEST_CASE_METHOD(SampleFixture, "late samples find their place, in the head and behind a seal") {
  write(up, {{noon_in_ms, 2}});
  write(up, {{noon_in_ms - 10, 1}});
  flush();
  write(up, {{noon_in_ms - 5, 1.5}});
  write(up, {{noon_in_ms - 3 * 24 * hour_ms, 0}});
  const Values expected = {{noon_in_ms - 3 * 24 * hour_ms, 0},
                           {noon_in_ms - 10, 1},
                           {noon_in_ms - 5, 1.5},
                           {noon_in_ms, 2}};
  CHECK(values("up") == expected);
  flush();
  CHECK(values("up") == expected);
  reopen();
  CHECK(values("up") == expected);
}

TEST_CASE_METHOD(SampleFixture, "every bit of a value is kept") {
  const double odd[] = {std::bit_cast<double>(stale_marker_bits),
                        std::bit_cast<double>(0x7ff8000000000001ULL),
                        std::bit_cast<double>(0xfff8dead0000beefULL),
                        -0.0,
                        5e-324,
                        HUGE_VAL,
                        -HUGE_VAL,
                        1e308};
  std::vector<Sample> written;
  for (const double value : odd)
    written.push_back({noon_in_ms + static_cast<std::int64_t>(written.size()) * 7, value});
  CHECK(write(up, written) == written.size());
  CHECK(write(up, written) == written.size());  // NaNs equal themselves by their bits
  for (int round = 0; round < 2; ++round) {
    const auto found = samples("up", INT64_MIN, INT64_MAX);
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].samples.size() == written.size());
    for (std::size_t i = 0; i < written.size(); ++i)
      CHECK(std::bit_cast<std::uint64_t>(found[0].samples[i].value) ==
            std::bit_cast<std::uint64_t>(written[i].value));
    flush();
    reopen();
  }
}

TEST_CASE_METHOD(SampleFixture, "series come in label order and are pruned by matchers and time") {
  for (int i = 9; i >= 0; --i)
    write({{"__name__", "m"}, {"i", std::to_string(i)}}, {{noon_in_ms + i, double(i)}});
  write(up, {{noon_in_ms, 1}});
  for (int round = 0; round < 2; ++round) {
    const auto found = samples("m", noon_in_ms, noon_in_ms + 9);
    REQUIRE(found.size() == 10);
    for (std::size_t i = 0; i < 10; ++i) CHECK(found[i].labels.get("i") == std::to_string(i));
    CHECK(samples("m", noon_in_ms + 8, noon_in_ms + 20).size() == 2);
    auto series = series_of(tenant, matchers({{"i", query::MatchOp::regex, "[34]"}}), noon_in_ms,
                            noon_in_ms + 100);
    CHECK(series.size() == 2);
    CHECK(series_of(tenant, {}, noon_in_ms, noon_in_ms + 100).size() == 11);
    flush();
  }
}

TEST_CASE_METHOD(SampleFixture, "a head is sealed by tick after two hours") {
  write(up, {{noon_in_ms, 1}});
  clock.advance(std::chrono::hours(2) - std::chrono::seconds(1));
  store().tick();
  CHECK(metric(metrics, "sluice_storage_sample_head_samples") == 1);
  clock.advance(std::chrono::seconds(1));
  store().tick();
  CHECK(metric(metrics, "sluice_storage_sample_head_samples") == 0);
  CHECK(values("up").size() == 1);
}

TEST_CASE_METHOD(SampleFixture, "metadata is kept, the newest counts") {
  REQUIRE(store()
              .write(tenant, {}, {{"up", "gauge", "old", ""}, {"x", "counter", "h", "s"}})
              .has_value());
  REQUIRE(store().write(tenant, {}, {{"up", "gauge", "new", ""}}).has_value());
  reopen();
  const auto metadata = store().samples().metadata(tenant);
  REQUIRE(metadata.has_value());
  REQUIRE(metadata->size() == 2);
  CHECK((*metadata)[0].help == "new");
  CHECK((*metadata)[1].unit == "s");
}

TEST_CASE_METHOD(SampleFixture, "freshness tells the newest sample, after reopening too") {
  CHECK(!store().freshness(tenant).newest_sample);
  write(up, {{noon_in_ms + 5, 1}, {noon_in_ms, 1}});
  for (int round = 0; round < 3; ++round) {
    CHECK(store().freshness(tenant).newest_sample == from_unix_ns(noon + 5'000'000));
    if (round == 0) flush();
    reopen();
  }
}

TEST_CASE_METHOD(SampleFixture, "results of rules do not look like arriving data") {
  const auto write_own = [&](std::int64_t timestamp_ms) {
    Step step;
    step.write(tenant, {{{{"__name__", "ALERTS"}}, {{timestamp_ms, 1}}}});
    REQUIRE(store().commit(step).has_value());
  };
  write_own(noon_in_ms + 1);
  CHECK(!store().freshness(tenant).newest_sample);
  reopen();
  CHECK(!store().freshness(tenant).newest_sample);
  write(up, {{noon_in_ms + 5, 1}});
  for (int round = 0; round < 3; ++round) {
    write_own(noon_in_ms + 1000 + round);
    CHECK(store().freshness(tenant).newest_sample == from_unix_ns(noon + 5'000'000));
    if (round == 0) flush();
    reopen();
    CHECK(store().freshness(tenant).newest_sample == from_unix_ns(noon + 5'000'000));
  }
  CHECK(values("ALERTS").size() == 4);
}

TEST_CASE_METHOD(SampleFixture, "a repeated sample is not stored again, but it did arrive") {
  write(up, {{noon_in_ms, 1}});
  flush();
  CHECK(write(up, {{noon_in_ms, 1}, {noon_in_ms - 5, 1}}) == 2);
  CHECK(store().freshness(tenant).newest_sample == from_unix_ns(noon));
}
