#include "query/logql/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/types/ascii.h"

namespace sluice::query::logql {

namespace {

struct Unit {
  std::string_view name;
  double scale;
};

constexpr std::array<Unit, 11> duration_units = {{{"ns", 1},
                                                  {"us", 1e3},
                                                  {"\xC2\xB5s", 1e3},  // µ, micro sign
                                                  {"\xCE\xBCs", 1e3},  // μ, Greek mu
                                                  {"ms", 1e6},
                                                  {"s", 1e9},
                                                  {"m", 60e9},
                                                  {"h", 3600e9},
                                                  {"d", 86400e9},
                                                  {"w", 7 * 86400e9},
                                                  {"y", 365 * 86400e9}}};
constexpr std::size_t go_duration_units = 8;

// Removes digits with at most one dot from the front.
std::optional<double> take_decimal(std::string_view& text) {
  std::size_t n = 0;
  bool dot = false;
  bool any = false;
  for (; n < text.size() && (is_digit(text[n]) || (text[n] == '.' && !dot)); ++n) {
    dot = dot || text[n] == '.';
    any = any || text[n] != '.';
  }
  double value = 0;
  if (!any) return std::nullopt;
  std::from_chars(text.data(), text.data() + n, value);
  text.remove_prefix(n);
  return value;
}

std::string_view take_unit(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && !is_digit(text[n]) && text[n] != '.') ++n;
  const auto unit = text.substr(0, n);
  text.remove_prefix(n);
  return unit;
}

// Nanoseconds of "1h30m" with the first `units` of duration_units.
std::optional<double> sum_of_parts(std::string_view text, std::size_t units) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto count = take_decimal(text);
    const auto name = take_unit(text);
    std::size_t i = 0;
    while (i < units && duration_units[i].name != name) ++i;
    if (!count || i == units) return std::nullopt;
    total += *count * duration_units[i].scale;
  }
  constexpr double longest = 9.2e18;  // what int64 nanoseconds hold
  return total < longest ? std::optional(total) : std::nullopt;
}

// b, k, kb, ki, kib, m, ... as a power; nullopt for anything else.
std::optional<double> byte_scale(std::string_view unit) {
  if (unit.empty() || (unit.size() == 1 && to_lower(unit[0]) == 'b')) return 1;
  constexpr std::string_view prefixes = "kmgtpe";
  const auto power = prefixes.find(to_lower(unit[0]));
  if (power == std::string_view::npos) return std::nullopt;
  unit.remove_prefix(1);
  const bool binary = !unit.empty() && to_lower(unit[0]) == 'i';
  if (binary) unit.remove_prefix(1);
  if (unit.size() > 1 || (unit.size() == 1 && to_lower(unit[0]) != 'b')) return std::nullopt;
  return std::pow(binary ? 1024.0 : 1000.0, static_cast<double>(power + 1));
}

std::string_view trim_spaces(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// from_chars of GCC knows "inf" and "nan" in any case and more than Go: "nan(x)".
bool go_number_text(std::string_view text) {
  return text.find('(') == std::string_view::npos;
}

bool hexadecimal(std::string_view text) {
  return text.size() > 2 && text[0] == '0' && to_lower(text[1]) == 'x';
}

}  // namespace

std::optional<Duration> parse_query_duration(std::string_view text) {
  const auto ns = sum_of_parts(text, duration_units.size());
  if (!ns) return std::nullopt;
  return Duration{std::llround(*ns)};
}

std::optional<double> parse_duration_seconds(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  const auto ns = sum_of_parts(text, go_duration_units);
  if (!ns) return std::nullopt;
  return (negative ? -*ns : *ns) / 1e9;
}

std::optional<double> parse_bytes(std::string_view text) {
  text = trim_spaces(text);
  const auto count = take_decimal(text);
  const auto scale = byte_scale(trim_spaces(text));
  if (!count || !scale) return std::nullopt;
  const double bytes = std::floor(*count * *scale);
  constexpr double beyond = 18446744073709551616.0;  // 2^64
  return bytes < beyond ? std::optional(bytes) : std::nullopt;
}

std::optional<double> parse_float(std::string_view text) {
  if (!go_number_text(text)) return std::nullopt;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text[0] == '-' || text[0] == '+') return std::nullopt;
  const bool hex = hexadecimal(text);
  if (hex) text.remove_prefix(2);
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value,
                                         hex ? std::chars_format::hex : std::chars_format::general);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace sluice::query::logql
