// Values and timestamps of sealed series: they come back bit by bit, damage is refused or other.
#include "daemon/storage/samples/value_codec.h"

#include <catch2/catch_test_macros.hpp>

#include "daemon/storage/samples/time_table.h"
#include "tests/daemon/storage/samples/random_samples.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr ValueLayout layouts[] = {ValueLayout::packed, ValueLayout::bytes};

struct Encoded {
  ValueKind kind{};
  std::string payload;
};

Encoded encoded(const std::vector<Sample>& samples, ValueLayout layout) {
  Encoded out;
  out.kind = put_values(out.payload, samples, layout);
  return out;
}

std::optional<std::vector<Sample>> decoded(const Encoded& in, ValueLayout layout,
                                           std::vector<Sample> samples) {
  for (Sample& sample : samples) sample.value = 0;
  if (!read_values(in.kind, layout, in.payload, samples)) return std::nullopt;
  return samples;
}

std::vector<Sample> samples_of(const std::vector<double>& values) {
  std::vector<Sample> samples;
  for (const double value : values)
    samples.push_back({static_cast<std::int64_t>(samples.size()) * 15'000, value});
  return samples;
}

Encoded checked(const std::vector<double>& values, ValueLayout layout = ValueLayout::packed) {
  const auto samples = samples_of(values);
  const Encoded out = encoded(samples, layout);
  const auto back = decoded(out, layout, samples);
  REQUIRE(back.has_value());
  CHECK(same_samples(*back, samples));
  return out;
}

}  // namespace

TEST_CASE("values of every kind come back bit by bit, in both layouts") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 600; ++round) {
    const auto samples = random_samples(random, random() % 700 + 1, true);
    for (const ValueLayout layout : layouts) {
      const auto back = decoded(encoded(samples, layout), layout, samples);
      REQUIRE(back.has_value());
      CHECK(same_samples(*back, samples));
    }
  }
}

TEST_CASE("each kind is chosen where it is smallest") {
  CHECK(checked(std::vector<double>(480, 3.25)).kind == ValueKind::constant);
  CHECK(checked({5}).kind == ValueKind::constant);
  std::vector<double> counter, gauge, seconds, floats;
  for (int i = 0; i < 480; ++i) {
    counter.push_back(1e9 + i * 1000.0 + i * 37 % 64);
    gauge.push_back(4096.0 * (1'000'000 + i * 7919 % 64));
    seconds.push_back(std::round(1234567.0 + i * 15.0 + i * 7 % 29) / 100);
    floats.push_back(std::sin(i));
  }
  CHECK(checked(counter).kind == ValueKind::steps);
  CHECK(checked(counter).payload.size() < 450);
  CHECK(checked(gauge).kind == ValueKind::distances);
  CHECK(checked(gauge).payload.size() < 380);
  CHECK(checked(seconds).payload.size() < 420);
  CHECK(checked(floats).kind == ValueKind::xored);
  for (const double odd : {1.0 / 3, -0.0, std::nan(""), HUGE_VAL, 4503599627370496.0, 1e-10})
    CHECK(checked({1, odd}).kind == ValueKind::xored);
  CHECK(checked({4503599627370495.0, -4503599627370495.0, 0}).kind != ValueKind::xored);
}

TEST_CASE("values cut anywhere are refused") {
  for (const auto& values : {std::vector<double>{1, 2, 4, 5, 9, 1000}, std::vector<double>{1, 0.1},
                             std::vector<double>{7, 7}, std::vector<double>{0.3, 1.0 / 3, 7e300}})
    for (const ValueLayout layout : layouts) {
      const auto samples = samples_of(values);
      const Encoded whole = encoded(samples, layout);
      for (std::size_t n = 0; n < whole.payload.size(); ++n) {
        INFO(n);
        CHECK(!decoded({whole.kind, whole.payload.substr(0, n)}, layout, samples));
      }
      CHECK(!decoded({whole.kind, whole.payload + "xx"}, layout, samples));
    }
}

TEST_CASE("timestamps come back, regular ones in a few bytes") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 400; ++round) {
    const auto samples = random_samples(random, random() % 500 + 1, random() % 2 == 0);
    std::string table;
    put_times(table, samples);
    const auto times = read_times(table);
    REQUIRE((times && times->size() == samples.size()));
    for (std::size_t i = 0; i < samples.size(); ++i) CHECK((*times)[i] == samples[i].timestamp_ms);
    CHECK(!read_times(table.substr(0, table.size() - 1)));
    CHECK(!read_times(table + '\1'));
  }
  std::string table;
  put_times(table, samples_of(std::vector<double>(1440, 1)));
  CHECK(table.size() < 12);
}
