// Random samples for property tests: all the kinds of values that metrics have, and any bits.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::storage::test {

using Random = std::mt19937_64;

// Ascending, some regular, some not.
inline std::int64_t next_time(Random& random, std::int64_t time, bool regular) {
  if (regular) return time + 15'000;
  return time + 1 + static_cast<std::int64_t>(random() >> (24 + random() % 39));
}

inline double next_value(Random& random, std::uint64_t kind, double before) {
  const auto small = static_cast<double>(random() % 2000);
  switch (kind) {
    case 0: return before;
    case 1: return before + small;
    case 2: return std::round((before + small / 100) * 100) / 100;
    case 3: return 4096 * std::floor(small) - 4'096'000;
    case 4: return std::sin(small) * 1e-3;
    case 5: return random() % 4 == 0 ? std::bit_cast<double>(stale_marker_bits) : small;
    case 6: return random() % 2 == 0 ? -0.0 : 4503599627370495.0;
    default: {
      const double any = std::bit_cast<double>(random());
      return is_histogram(any) ? 0 : any;
    }
  }
}

// `count` samples within six hours if regular.
inline std::vector<Sample> random_samples(Random& random, std::size_t count, bool regular) {
  std::vector<Sample> samples;
  const std::uint64_t kind = random() % 8;
  Sample sample{static_cast<std::int64_t>(random() % 1'000'000), 0};
  for (std::size_t i = 0; i < count; ++i) {
    sample = {next_time(random, sample.timestamp_ms, regular),
              next_value(random, random() % 20 == 0 ? random() % 8 : kind, sample.value)};
    samples.push_back(sample);
  }
  return samples;
}

inline bool same_samples(const std::vector<Sample>& a, const std::vector<Sample>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const Sample& x, const Sample& y) {
           return x.timestamp_ms == y.timestamp_ms &&
                  std::bit_cast<std::uint64_t>(x.value) == std::bit_cast<std::uint64_t>(y.value);
         });
}

}  // namespace sluice::storage::test
