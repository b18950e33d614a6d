#include "base/config/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/types/ascii.h"

namespace sluice {

namespace {

struct ByteUnit {
  std::string_view name;  // lower case
  std::uint64_t factor;
};

constexpr std::array<ByteUnit, 10> byte_units = {{{"", 1},
                                                  {"b", 1},
                                                  {"kb", 1'000},
                                                  {"mb", 1'000'000},
                                                  {"gb", 1'000'000'000},
                                                  {"tb", 1'000'000'000'000},
                                                  {"kib", 1ULL << 10},
                                                  {"mib", 1ULL << 20},
                                                  {"gib", 1ULL << 30},
                                                  {"tib", 1ULL << 40}}};

// 0 when there is no such unit.
std::uint64_t unit_factor(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string name = lower_case(text);
  for (const ByteUnit& unit : byte_units)
    if (unit.name == name) return unit.factor;
  return 0;
}

bool number_char(char c) {
  return (c >= '0' && c <= '9') || c == '.';
}

Error bad_bytes(std::string_view text) {
  return {ErrorCode::parse, "not a size: \"" + std::string(text) + "\"; write 512, 64MiB or 1GB"};
}

}  // namespace

Result<std::uint64_t> parse_bytes(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && number_char(text[n])) ++n;
  const std::uint64_t factor = unit_factor(text.substr(n));
  if (n == 0 || factor == 0) return bad_bytes(text);
  std::uint64_t whole = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + n, whole);
  if (ec == std::errc{} && end == text.data() + n) {
    if (whole > std::numeric_limits<std::uint64_t>::max() / factor) return bad_bytes(text);
    return whole * factor;
  }
  double fraction = 0;
  const auto [fraction_end, error] = std::from_chars(text.data(), text.data() + n, fraction);
  if (error != std::errc{} || fraction_end != text.data() + n) return bad_bytes(text);
  const double bytes = std::round(fraction * static_cast<double>(factor));
  if (!(bytes < 0x1p63)) return bad_bytes(text);
  return static_cast<std::uint64_t>(bytes);
}

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array<std::string_view, 5> names = {"", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < names.size()) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + std::string(names[unit]);
}

Result<Duration> parse_config_duration(std::string_view text) {
  auto parsed = parse_prometheus_duration(text);
  if (!parsed) parsed = parse_go_duration(text);
  if (!parsed || *parsed < Duration{0})
    return Error{ErrorCode::parse,
                 "not a duration: \"" + std::string(text) + "\"; write 15s, 1h30m or 250ms"};
  return *parsed;
}

}  // namespace sluice
