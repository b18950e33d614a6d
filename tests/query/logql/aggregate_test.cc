// Aggregate: what is read first, and in how many pieces, does not show in a sum.
#include <algorithm>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "query/engine/log_window.h"

using namespace sluice;
using namespace sluice::query;

namespace {

std::uint64_t sum_bits(const std::vector<double>& values, std::size_t cut) {
  Aggregate first, second;
  for (std::size_t i = 0; i < values.size(); ++i)
    (i < cut ? first : second).add(from_unix_ns(1), values[i]);
  first.merge(second);
  return std::bit_cast<std::uint64_t>(first.sum.value());
}

}  // namespace

TEST_CASE("a sum has the same bits whatever the order of its values") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::vector<double> values(2 + random() % 40);
    for (double& value : values) value = static_cast<double>(random() % 100'000) / 1000;
    const auto expected = sum_bits(values, values.size());
    for (int again = 0; again < 5; ++again) {
      std::shuffle(values.begin(), values.end(), random);
      REQUIRE(sum_bits(values, random() % values.size()) == expected);
    }
  }
}
