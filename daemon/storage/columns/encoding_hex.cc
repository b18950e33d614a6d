// Hexadecimal digits of one case: up to 16 are a number, more a fixed value.
#include "daemon/storage/columns/form_codec.h"

namespace sluice::storage {

namespace {

constexpr std::array<char, 17> lower_digits{"0123456789abcdef"};
constexpr std::array<char, 17> upper_digits{"0123456789ABCDEF"};
constexpr std::uint8_t no_digit = 0x80;

// What a byte is worth as a digit of one case, or no_digit.
constexpr std::array<std::uint8_t, 256> worths(const std::array<char, 17>& digits) {
  std::array<std::uint8_t, 256> worth{};
  for (auto& w : worth) w = no_digit;
  for (std::uint8_t i = 0; i < 16; ++i) worth[static_cast<unsigned char>(digits[i])] = i;
  return worth;
}

constexpr auto lower_worth = worths(lower_digits);
constexpr auto upper_worth = worths(upper_digits);

}  // namespace

char* render_hex(std::int64_t n, std::size_t width, bool upper, char* out) {
  const auto& digits = upper ? upper_digits : lower_digits;
  auto bits = static_cast<std::uint64_t>(n);
  for (std::size_t i = width; i > 0; --i, bits >>= 4) out[i - 1] = digits[bits & 15];
  return out + width;
}

std::optional<std::int64_t> parse_hex(std::string_view text, bool upper) {
  const auto& worth = upper ? upper_worth : lower_worth;
  std::uint64_t bits = 0;
  std::uint8_t bad = 0;
  for (const char c : text) {
    const std::uint8_t digit = worth[static_cast<unsigned char>(c)];
    bad |= digit;
    bits = bits << 4 | digit;
  }
  if ((bad & no_digit) != 0) return std::nullopt;
  return static_cast<std::int64_t>(bits);
}

char* render_fixed_hex(const char* value, std::size_t width, bool upper, char* out) {
  const auto& digits = upper ? upper_digits : lower_digits;
  if (width % 2 != 0) *out++ = digits[static_cast<unsigned char>(*value++) & 15U];
  for (std::size_t i = 0; i < width / 2; ++i) {
    const auto byte = static_cast<unsigned char>(value[i]);
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15U];
  }
  return out;
}

bool parse_fixed_hex(std::string_view text, bool upper, char* value) {
  const auto& worth = upper ? upper_worth : lower_worth;
  const auto digit = [&](std::size_t i) -> unsigned {
    return worth[static_cast<unsigned char>(text[i])];
  };
  unsigned bad = 0;
  std::size_t i = 0;
  if (text.size() % 2 != 0) {
    bad |= digit(0);
    *value++ = static_cast<char>(digit(i++));
  }
  for (; i < text.size(); i += 2) {
    bad |= digit(i) | digit(i + 1);
    *value++ = static_cast<char>(digit(i) << 4 | digit(i + 1));
  }
  return (bad & no_digit) == 0;
}

}  // namespace sluice::storage
