// Integers and padded integers.
#include <bit>
#include <charconv>
#include <limits>

#include "daemon/storage/columns/form_codec.h"

namespace sluice::storage {

namespace {

constexpr auto most_positive = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// All digits, at most 19 of them: those never overflow 64 bits unsigned.
bool read_digits(std::string_view text, std::uint64_t& n) {
  if (text.empty() || text.size() > 19) return false;
  n = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    n = 10 * n + static_cast<std::uint64_t>(c - '0');
  }
  return true;
}

}  // namespace

std::size_t digits_of(std::uint64_t n) {
  // log10 from log2: 1233 / 4096 is just above log10(2).
  const auto bits = static_cast<std::size_t>(std::bit_width(n | 1));
  const std::size_t guess = bits * 1233 >> 12;
  if (guess >= powers_of_ten.size()) return n >= 10 * powers_of_ten.back() ? 20 : 19;
  return guess + (n >= powers_of_ten[guess] || n == 0 ? 1 : 0);
}

char* put_digits(std::uint64_t n, std::size_t width, char* out) {
  for (std::size_t i = width; i > 0; --i, n /= 10) out[i - 1] = static_cast<char>('0' + n % 10);
  return out + width;
}

char* render_integer(std::int64_t n, char* out) {
  constexpr std::ptrdiff_t longest = 20;
  return std::to_chars(out, out + longest, n).ptr;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  std::uint64_t n = 0;
  if (!read_digits(digits, n)) return std::nullopt;
  if (digits[0] == '0' && (digits.size() > 1 || negative)) return std::nullopt;
  if (n > most_positive + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? ~n + 1 : n);
}

std::optional<std::int64_t> parse_padded(std::string_view text) {
  std::uint64_t n = 0;
  if (!read_digits(text, n) || n > most_positive) return std::nullopt;
  return static_cast<std::int64_t>(n);
}

}  // namespace sluice::storage
