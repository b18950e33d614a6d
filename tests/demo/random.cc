#include "tests/demo/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sluice::demo {

double Random::uniform() {
  constexpr double scale = 1.0 / 9007199254740992.0;  // 2^-53
  return static_cast<double>(bits_() >> 11U) * scale;
}

std::size_t Random::below(std::size_t n) {
  return static_cast<std::size_t>(uniform() * static_cast<double>(n));
}

// Box and Muller's transform of two uniforms.
double Random::log_normal(double median, double sigma) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  const double normal = radius * std::cos(2.0 * std::numbers::pi * uniform());
  return median * std::exp(sigma * normal);
}

std::string Random::hex(std::size_t digits) {
  constexpr char alphabet[] = "0123456789abcdef";
  std::string out;
  out.reserve(digits);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0) word = bits_();
    out.push_back(alphabet[word & 15U]);
    word >>= 4U;
  }
  return out;
}

Zipf::Zipf(std::size_t n, double s) {
  double total = 0;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    total += std::pow(static_cast<double>(rank), -s);
    cumulative_.push_back(total);
  }
  for (double& c : cumulative_) c /= total;
}

std::size_t Zipf::pick(Random& random) const {
  const auto it = std::upper_bound(cumulative_.begin(), cumulative_.end(), random.uniform());
  const auto index = static_cast<std::size_t>(it - cumulative_.begin());
  return std::min(index, cumulative_.size() - 1);
}

}  // namespace sluice::demo
