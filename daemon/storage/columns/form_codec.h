// Rendering and parsing of each NumberForm; number_form.h chooses among them. Contracts as there.
// Private to the column encodings.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/types/ascii.h"

namespace sluice::storage {

// 10^0 to 10^18.
constexpr std::array<std::uint64_t, 19> powers_of_ten = [] {
  std::array<std::uint64_t, 19> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = 10 * powers[i - 1];
  return powers;
}();

inline std::uint64_t magnitude(std::int64_t n) {
  const auto bits = static_cast<std::uint64_t>(n);
  return n < 0 ? ~bits + 1 : bits;
}

// How many digits a number has; one for 0.
std::size_t digits_of(std::uint64_t n);
// Exactly `width` digits: the last ones, or led by zeros.
char* put_digits(std::uint64_t n, std::size_t width, char* out);

char* render_integer(std::int64_t n, char* out);
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::int64_t> parse_padded(std::string_view text);

// Digits after the point: at least `least`, at most `width`; past `least` the last is not 0.
char* render_decimal(std::int64_t n, std::size_t width, std::size_t least, char* out);
std::optional<std::int64_t> parse_decimal(std::string_view text, std::size_t width,
                                          std::size_t least);

char* render_hex(std::int64_t n, std::size_t width, bool upper, char* out);
std::optional<std::int64_t> parse_hex(std::string_view text, bool upper);
char* render_fixed_hex(const char* value, std::size_t width, bool upper, char* out);
bool parse_fixed_hex(std::string_view text, bool upper, char* value);

char* render_ipv4(std::int64_t n, char* out);
std::size_t ipv4_length(std::int64_t n);
std::optional<std::int64_t> parse_ipv4(std::string_view text);

char* render_uuid(const char* value, char* out);
bool parse_uuid(std::string_view text, char* value);

}  // namespace sluice::storage
