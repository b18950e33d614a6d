// ASCII letters and digits, without a locale. Bytes from 0x80 on are neither and stay as they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// Each byte of `word`. Bit 7 of `upper` says of a byte whether it lies in ['A', 'Z']: seven bits
// plus a bias overflow into bit 7 exactly from 'A' on, and from past 'Z' on.
constexpr std::uint64_t to_lower(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  const std::uint64_t low = word & (0x7F * ones);
  const std::uint64_t from_a = low + (0x80 - 'A') * ones;
  const std::uint64_t past_z = low + (0x80 - 'Z' - 1) * ones;
  const std::uint64_t upper = from_a & ~past_z & ~word & (0x80 * ones);
  return word | (upper >> 2);
}

inline std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return to_lower(c); });
  return out;
}

// Whether both are the same but for the case of letters.
constexpr bool same_letters(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}

}  // namespace sluice
