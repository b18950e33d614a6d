// Small readers of text at the front of a view; internal to the timestamp parsers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/pipeline/civil.h"
#include "base/types/ascii.h"

namespace sluice::agent::scan {

inline bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Between min and max digits.
inline std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t min,
                                               std::size_t max) {
  std::int64_t value = 0;
  std::size_t n = 0;
  for (; n < max && n < text.size() && is_digit(text[n]); ++n) value = value * 10 + (text[n] - '0');
  if (n < min) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

inline std::optional<unsigned> take_unsigned(std::string_view& text, std::size_t min,
                                             std::size_t max) {
  const auto v = take_digits(text, min, max);
  if (!v) return std::nullopt;
  return static_cast<unsigned>(*v);
}

// Digits of a fraction as nanoseconds; digits past the ninth are dropped.
inline std::int64_t take_fraction(std::string_view& text) {
  std::int64_t nanos = 0;
  std::int64_t unit = 100'000'000;
  while (!text.empty() && is_digit(text.front())) {
    nanos += unit * (text.front() - '0');
    unit /= 10;
    text.remove_prefix(1);
  }
  return nanos;
}

// "03:04:05"
inline bool take_clock(std::string_view& text, Civil& c) {
  const auto hour = take_unsigned(text, 2, 2);
  if (!hour || !take(text, ':')) return false;
  const auto minute = take_unsigned(text, 2, 2);
  if (!minute || !take(text, ':')) return false;
  const auto second = take_unsigned(text, 2, 2);
  if (!second) return false;
  c.hour = *hour;
  c.minute = *minute;
  c.second = *second;
  return true;
}

// ".123" behind a clock, where the point may be any of `points`; without digits nothing is taken.
inline void take_nanos(std::string_view& text, std::string_view points, Civil& c) {
  if (text.size() < 2 || points.find(text[0]) == points.npos || !is_digit(text[1])) return;
  text.remove_prefix(1);
  c.nanos = take_fraction(text);
}

inline constexpr std::array<std::string_view, 12> months = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

inline std::optional<unsigned> take_month(std::string_view& text) {
  for (unsigned i = 0; i < months.size(); ++i) {
    if (!text.starts_with(months[i])) continue;
    text.remove_prefix(3);
    return i + 1;
  }
  return std::nullopt;
}

}  // namespace sluice::agent::scan
