#include "rules/token_match.h"

#include <algorithm>

#include "base/types/ascii.h"

namespace sluice::rules {
namespace {

char at(std::string_view text, std::size_t i) {
  return i < text.size() ? text[i] : '\0';
}
bool ends_word(std::string_view text, std::size_t i) {
  return i >= text.size() || !is_word_byte(text[i]);
}

std::size_t count_digits(std::string_view text, std::size_t from) {
  std::size_t n = 0;
  while (is_digit(at(text, from + n))) ++n;
  return n;
}

// Matches a picture in which 'd' is a digit and 'x' a hex digit; other characters are themselves.
bool fits(std::string_view text, std::size_t from, std::string_view picture) {
  if (text.size() < from + picture.size()) return false;
  for (std::size_t i = 0; i < picture.size(); ++i) {
    const char c = text[from + i];
    const bool ok = picture[i] == 'd'   ? is_digit(c)
                    : picture[i] == 'x' ? is_hex_digit(c)
                                        : c == picture[i];
    if (!ok) return false;
  }
  return true;
}

std::size_t match_uuid(std::string_view text) {
  constexpr std::string_view picture = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return fits(text, 0, picture) && ends_word(text, picture.size()) ? picture.size() : 0;
}

std::size_t match_ipv4(std::string_view text) {
  std::size_t i = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && at(text, i++) != '.') return 0;
    const std::size_t n = count_digits(text, i);
    if (n == 0 || n > 3) return 0;
    i += n;
  }
  const bool longer = at(text, i) == '.' && is_digit(at(text, i + 1));
  return ends_word(text, i) && !longer ? i : 0;
}

// The time of day after a date, with fraction and zone: "03:04:05.123+02:00".
std::size_t clock_length(std::string_view text, std::size_t from) {
  if (!fits(text, from, "dd:dd:dd")) return 0;
  std::size_t i = from + 8;
  if ((at(text, i) == '.' || at(text, i) == ',') && is_digit(at(text, i + 1))) {
    i += 1 + count_digits(text, i + 1);
  }
  if (at(text, i) == 'Z') return i + 1 - from;
  const bool offset = at(text, i) == '+' || at(text, i) == '-';
  if (offset && fits(text, i + 1, "dd:dd")) return i + 6 - from;
  if (offset && fits(text, i + 1, "dddd")) return i + 5 - from;
  return i - from;
}

std::size_t match_time(std::string_view text) {
  std::size_t i = 0;
  if (fits(text, 0, "dddd-dd-dd") || fits(text, 0, "dddd/dd/dd")) {
    i = 10;
    const char separator = at(text, i);
    if (separator == 'T' || separator == ' ') {
      const std::size_t clock = clock_length(text, i + 1);
      if (clock > 0) i += 1 + clock;
    }
  } else {
    i = clock_length(text, 0);
  }
  return i > 0 && ends_word(text, i) ? i : 0;
}

// 17, 1.5, 1.2.3 (a version: word), 12ms, 1.5s
TokenMatch match_number(std::string_view text) {
  std::size_t i = count_digits(text, 0);
  if (i == 0) return {};
  std::size_t dots = 0;
  while (at(text, i) == '.' && is_digit(at(text, i + 1))) {
    i += 1 + count_digits(text, i + 1);
    ++dots;
  }
  if (ends_word(text, i)) {
    const SlotType type = dots == 0   ? SlotType::integer
                          : dots == 1 ? SlotType::decimal
                                      : SlotType::word;
    return {i, type};
  }
  std::size_t unit = 0;
  while (is_ascii_letter(at(text, i + unit))) ++unit;
  const bool quantity = dots <= 1 && unit > 0 && unit <= 3 && ends_word(text, i + unit);
  return quantity ? TokenMatch{i + unit, SlotType::quantity} : TokenMatch{};
}

bool is_hex(std::string_view word) {
  const bool prefixed = word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
  const std::string_view digits = prefixed ? word.substr(2) : word;
  return (prefixed || digits.size() >= 8) &&
         std::all_of(digits.begin(), digits.end(), is_hex_digit);
}

}  // namespace

bool is_word_byte(char c) {
  return is_digit(c) || is_ascii_letter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::size_t word_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_word_byte(text[n])) ++n;
  return n;
}

TokenMatch match_variable(std::string_view text) {
  if (const auto n = match_uuid(text)) return {n, SlotType::uuid};
  if (const auto n = match_time(text)) return {n, SlotType::time};
  if (const auto n = match_ipv4(text)) return {n, SlotType::ip};
  const std::string_view word = text.substr(0, word_length(text));
  const bool all_digits = std::all_of(word.begin(), word.end(), is_digit);
  if (!all_digits && is_hex(word)) return {word.size(), SlotType::hex};
  if (const auto number = match_number(text); number.length > 0) return number;
  const bool has_digit = std::any_of(word.begin(), word.end(), is_digit);
  return has_digit ? TokenMatch{word.size(), SlotType::word} : TokenMatch{};
}

}  // namespace sluice::rules
