// Decimals: values that are exactly n / 10^e with a whole number n, |n| < 2^52. Pure.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace sluice::storage {

inline constexpr std::array<double, 10> decimal_powers = {1,       10,        100, 1000, 10'000,
                                                          100'000, 1'000'000, 1e7, 1e8,  1e9};
inline constexpr double decimal_limit = 4503599627370496.0;  // 2^52: differences fit, too

inline std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// The value times 10^e into `out`, if it is exactly that.
inline bool to_decimal(double value, unsigned exponent, std::int64_t& out) {
  const double scaled = value * decimal_powers[exponent];
  if (!(std::fabs(scaled) < decimal_limit)) return false;  // NaN, too
  out = static_cast<std::int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  return same_bits(static_cast<double>(out) / decimal_powers[exponent], value);
}

inline double from_decimal(std::int64_t n, unsigned exponent) {
  return static_cast<double>(n) / decimal_powers[exponent];
}

}  // namespace sluice::storage
