// Upper and lower case of Unicode text by the C library's tables (the locale C.UTF-8, which Debian
// always has).
#include <locale.h>

#include <clocale>
#include <cstdint>
#include <cwctype>

#include "base/scrape/relabel.h"
#include "base/types/utf8.h"

namespace sluice::scrape {

namespace {

locale_t unicode_locale() {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

wint_t change_case(wint_t letter, bool upper) {
  const locale_t locale = unicode_locale();
  if (locale == nullptr) return letter;
  return upper ? ::towupper_l(letter, locale) : ::towlower_l(letter, locale);
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

std::string with_case(std::string_view text, bool upper) {
  if (!valid_utf8(text)) return std::string(text);
  std::string out;
  while (!text.empty()) append_code_point(out, change_case(take_letter(text), upper));
  return out;
}

}  // namespace

std::string to_lower_utf8(std::string_view text) {
  return with_case(text, false);
}
std::string to_upper_utf8(std::string_view text) {
  return with_case(text, true);
}

}  // namespace sluice::scrape
