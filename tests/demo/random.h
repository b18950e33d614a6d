// The demo's random numbers: the same seed gives the same run on every machine.
//
// std::mt19937_64 is fixed by the standard but its distributions are not, so the few shapes needed
// (uniform, log-normal, Zipf) are made here from raw bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace sluice::demo {

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}

  double uniform();                          // [0, 1)
  std::size_t below(std::size_t n);          // [0, n), n > 0
  bool chance(double p) { return uniform() < p; }
  double log_normal(double median, double sigma);
  std::string hex(std::size_t digits);       // lower case

 private:
  std::mt19937_64 bits_;
};

// Picks 0..n-1 with weight 1/(rank+1)^s: a few very common values and a long tail.
class Zipf {
 public:
  Zipf(std::size_t n, double s);
  std::size_t pick(Random& random) const;

 private:
  std::vector<double> cumulative_;  // rising to 1
};

}  // namespace sluice::demo
