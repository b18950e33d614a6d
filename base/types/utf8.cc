#include "base/types/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/types/ascii.h"

namespace sluice {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

// Length of the character at the front, 0 if none is valid there.
std::size_t character_length(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  // The second byte also rules out overlong forms, surrogates and what is above U+10FFFF.
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  if (byte_at(text, 1) < low || byte_at(text, 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
  return length;
}

bool word_character(char c) {
  return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

char* write_code_point(char* out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { *out++ = static_cast<char>(byte); };
  const auto tail = [&](int shift) { put(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    put(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

void append_code_point(std::string& out, std::uint32_t code) {
  std::array<char, 4> bytes;
  out.append(bytes.data(), write_code_point(bytes.data(), code));
}

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string unescape_name(std::string_view escaped) {
  if (!escaped.starts_with("U__")) return std::string(escaped);
  std::string name;
  for (std::string_view rest = escaped.substr(3); !rest.empty();) {
    if (rest.front() != '_') {
      name += rest.front();
      rest.remove_prefix(1);
    } else if (rest.starts_with("__")) {
      name += '_';
      rest.remove_prefix(2);
    } else {
      // _2e_: a code point in hexadecimal. Anything else was never escaped.
      const std::size_t end = rest.find('_', 1);
      if (end == std::string_view::npos || end > 7) return std::string(escaped);
      std::uint32_t code = 0;
      const auto [at, ec] = std::from_chars(rest.data() + 1, rest.data() + end, code, 16);
      if (ec != std::errc{} || at != rest.data() + end || code > 0x10FFFF)
        return std::string(escaped);
      append_code_point(name, code);
      rest.remove_prefix(end + 1);
    }
  }
  return valid_utf8(name) ? name : std::string(escaped);
}

std::string underscored_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::size_t length = std::max<std::size_t>(1, character_length(name));
    const char c = name.front();
    const bool first_digit = out.empty() && is_digit(c);
    const bool fits = length == 1 && (word_character(c) || c == ':') && !first_digit;
    out += fits ? c : '_';
    name.remove_prefix(length);
  }
  return out;
}

}  // namespace sluice
