// Byte classes of log lines, as a table: one load says all that splitting asks of a byte.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::storage {

enum ByteClass : std::uint8_t {
  token_byte = 1,     // letters, digits, underscore, everything from 0x80 on
  digit_byte = 2,     // 0-9
  hex_byte = 4,       // 0-9 a-f A-F
  blank_byte = 8,     // up to and including the space: what separates logfmt's pairs
  end_byte = 16,      // ends a value behind '=' in text
  opening_byte = 32,  // may stand before an opening quote
  key_byte = 64,      // may stand in a key of logfmt
};

namespace detail {

constexpr bool is_one_of(unsigned c, std::string_view set) {
  return c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}

constexpr std::uint8_t classes_of(unsigned c) {
  const bool digit = c >= '0' && c <= '9';
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool hex = digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  const bool blank = c <= ' ';
  unsigned classes = 0;
  if (digit || letter || c == '_' || c >= 0x80) classes |= token_byte;
  if (digit) classes |= digit_byte;
  if (hex) classes |= hex_byte;
  if (blank) classes |= blank_byte;
  if (blank || is_one_of(c, ",;()[]{}<>|\"'`")) classes |= end_byte;
  if (blank || is_one_of(c, "=([{:,<")) classes |= opening_byte;
  if (digit || letter || is_one_of(c, "_-./@")) classes |= key_byte;
  return static_cast<std::uint8_t>(classes);
}

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) table[c] = classes_of(c);
  return table;
}

}  // namespace detail

inline constexpr std::array<std::uint8_t, 256> byte_classes = detail::make_byte_classes();

// Is `c` in any of `classes`?
inline bool in_class(char c, unsigned classes) {
  return (byte_classes[static_cast<unsigned char>(c)] & classes) != 0;
}

}  // namespace sluice::storage
