// Random: a small generator (SplitMix64) that gives the same numbers on every machine, which the
// distributions of <random> do not promise. One per stream; not thread-safe.
//
// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace sluice::bench {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  // [0, n); n at most 2^32, so that the high half of a product is even enough.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(((next() >> 32) * static_cast<std::uint64_t>(n)) >> 32);
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  bool chance(double p) { return unit() < p; }
  double exponential(double mean) { return -std::log(1.0 - unit()) * mean; }
  // [0, n), mostly small: a few of a thousand users make most of the traffic.
  std::size_t skewed(std::size_t n) {
    const double u = unit();
    return static_cast<std::size_t>(static_cast<double>(n) * u * u * u);
  }

 private:
  std::uint64_t state_;
};

}  // namespace sluice::bench
