// The chunk encoding: round trips, damage at every byte.
#include "daemon/storage/sample_chunk.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <random>

using namespace sluice;
using namespace sluice::storage;

namespace {

bool same(const std::vector<Sample>& a, const std::vector<Sample>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const Sample& x, const Sample& y) {
           return x.timestamp_ms == y.timestamp_ms &&
                  std::bit_cast<std::uint64_t>(x.value) == std::bit_cast<std::uint64_t>(y.value);
         });
}

void check_round_trip(const std::vector<Sample>& samples) {
  const auto decoded = decode_chunk(encode_chunk(samples));
  REQUIRE(decoded.has_value());
  CHECK(same(*decoded, samples));
}

}  // namespace

TEST_CASE("regular samples of a constant take about two bits each") {
  std::vector<Sample> samples;
  for (int i = 0; i < 480; ++i) samples.push_back({1'000'000 + i * 15'000, 1});
  check_round_trip(samples);
  CHECK(encode_chunk(samples).size() < 140);
}

TEST_CASE("every width of a timestamp's delta of deltas comes back, at its edges too") {
  for (const std::int64_t step : {1LL, 8191LL, 8192LL, 8193LL, 65535LL, 65536LL, 65537LL, 524287LL,
                                  524288LL, 524289LL, 1LL << 40}) {
    INFO(step);
    check_round_trip({{0, 1}, {step, 2}, {step + 1, 3}, {2 * step + 1, 4}});
    check_round_trip({{0, 1}, {1, 2}, {1 + step, 3}, {2 + step, 4}});
  }
  check_round_trip({{INT64_MIN, 1}, {0, 2}, {INT64_MAX, 3}});
  check_round_trip({{INT64_MIN, 1}});
}

TEST_CASE("random samples come back bit by bit") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<Sample> samples;
    std::int64_t t = static_cast<std::int64_t>(random() % 1'000'000);
    for (std::uint64_t i = 0, n = random() % 300 + 1; i < n; ++i) {
      t += 1 + static_cast<std::int64_t>(random() >> (24 + random() % 39));
      const auto bits = random() % 3 == 0 ? random() : random() % 5 << (random() % 60);
      samples.push_back({t, std::bit_cast<double>(bits)});
    }
    check_round_trip(samples);
  }
}

TEST_CASE("a chunk cut anywhere is refused") {
  std::vector<Sample> samples;
  for (int i = 0; i < 20; ++i) samples.push_back({i * 1000 + i % 3, i * 1.1});
  const auto whole = encode_chunk(samples);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    INFO(n);
    CHECK(!decode_chunk(whole.substr(0, n)));
  }
  CHECK(!decode_chunk(whole + '\0'));
}

TEST_CASE("a chunk with any bit flipped decodes to something else, or is refused") {
  const std::vector<Sample> samples = {{0, 1}, {15'000, 2}, {30'000, 2}, {45'001, 7.5}};
  const auto whole = encode_chunk(samples);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    auto damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const auto decoded = decode_chunk(damaged);
    INFO(bit);
    CHECK(!(decoded && same(*decoded, samples)));
  }
}
