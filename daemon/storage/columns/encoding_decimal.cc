// Decimals with a fixed number of digits after the point, and those without zeros at the end.
#include <charconv>
#include <limits>

#include "daemon/storage/columns/form_codec.h"

namespace sluice::storage {

namespace {

std::size_t count_digits(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t n = 0;
  for (const char c : digits) n = 10 * n + static_cast<std::uint64_t>(c - '0');
  return n;
}

// whole.fraction, at most 18 digits each, times 10^width. False: too large.
bool scale(std::string_view whole, std::string_view fraction, std::size_t width,
           std::uint64_t& n) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const std::uint64_t rest = number_of(fraction) * powers_of_ten[width - fraction.size()];
  return !__builtin_mul_overflow(number_of(whole), powers_of_ten[width], &n) &&
         !__builtin_add_overflow(n, rest, &n) && n <= most;
}

}  // namespace

char* render_decimal(std::int64_t n, std::size_t width, std::size_t least, char* out) {
  constexpr std::ptrdiff_t longest = 20;
  if (n < 0) *out++ = '-';
  const std::uint64_t whole = magnitude(n) / powers_of_ten[width];
  const std::uint64_t rest = magnitude(n) % powers_of_ten[width];
  out = std::to_chars(out, out + longest, whole).ptr;
  if (rest == 0 && least == 0) return out;
  *out++ = '.';
  const char* shortest = out + least;
  out = put_digits(rest, width, out);
  while (out > shortest && out[-1] == '0') --out;
  return out;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, std::size_t width,
                                          std::size_t least) {
  constexpr std::size_t most_digits = 18;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  const std::string_view whole = text.substr(0, count_digits(text));
  if (whole.empty() || whole.size() > most_digits) return std::nullopt;
  if (whole[0] == '0' && whole.size() > 1) return std::nullopt;
  text.remove_prefix(whole.size());
  std::string_view fraction;
  if (!text.empty()) {
    fraction = text.substr(1);
    if (text[0] != '.' || fraction.empty() || count_digits(fraction) != fraction.size())
      return std::nullopt;
  }
  if (fraction.size() < least || fraction.size() > width) return std::nullopt;
  if (fraction.size() > least && fraction.back() == '0') return std::nullopt;
  std::uint64_t n = 0;
  if (!scale(whole, fraction, width, n) || (negative && n == 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? ~n + 1 : n);
}

}  // namespace sluice::storage
