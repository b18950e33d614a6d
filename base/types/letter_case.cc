#include "base/types/letter_case.h"

#include <locale.h>

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <cwctype>

#include "base/types/ascii.h"
#include "base/types/utf8.h"

namespace sluice {

namespace {

using Change = std::uint32_t (*)(std::uint32_t letter, std::uint32_t before);

locale_t unicode_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

std::uint32_t upper_letter(std::uint32_t letter, std::uint32_t) {
  if (letter < 0x80) return letter >= 'a' && letter <= 'z' ? letter - 32 : letter;
  return unicode_locale() == nullptr ? letter : ::towupper_l(letter, unicode_locale());
}

std::uint32_t lower_letter(std::uint32_t letter, std::uint32_t) {
  if (letter < 0x80) return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
  return unicode_locale() == nullptr ? letter : ::towlower_l(letter, unicode_locale());
}

bool is_of_word(std::uint32_t letter) {
  if (letter >= 0x80)
    return unicode_locale() != nullptr && ::iswalnum_l(letter, unicode_locale()) != 0;
  const auto lower = lower_letter(letter, 0);
  return (lower >= 'a' && lower <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
}

std::uint32_t title_letter(std::uint32_t letter, std::uint32_t before) {
  return is_of_word(before) ? letter : upper_letter(letter, 0);
}

// The letter at the front of well-formed UTF-8, which is taken away.
std::uint32_t take_letter(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i)
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(size);
  return code;
}

std::string each_byte(std::string text, Change change) {
  std::uint32_t before = ' ';
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) c = static_cast<char>(change(byte, before));
    before = byte < 0x80 ? byte : 'x';
  }
  return text;
}

std::string each_letter(std::string_view text, Change change) {
  if (!valid_utf8(text)) return each_byte(std::string(text), change);
  std::string out;
  out.reserve(text.size());
  for (std::uint32_t before = ' '; !text.empty();) {
    const std::uint32_t letter = take_letter(text);
    append_code_point(out, change(letter, before));
    before = letter;
  }
  return out;
}

}  // namespace

std::string to_lower_utf8(std::string_view text) {
  return each_letter(text, lower_letter);
}
std::string to_upper_utf8(std::string_view text) {
  return each_letter(text, upper_letter);
}
std::string to_title_utf8(std::string_view text) {
  return each_letter(text, title_letter);
}

}  // namespace sluice
