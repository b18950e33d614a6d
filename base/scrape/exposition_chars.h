// Characters and escapes of the exposition formats.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/types/ascii.h"

namespace sluice::scrape {

constexpr bool letter_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool label_char(char c, std::size_t at) {
  return letter_char(c) || (at > 0 && is_digit(c));
}
constexpr bool metric_char(char c, std::size_t at) {
  return c == ':' || label_char(c, at);
}

// Of one series as it is written; more is no series but a way to fill the memory.
inline constexpr std::size_t max_text_labels = 10'000;

// \\, \n and (with `quotes`) \" of names, values and help; a backslash before anything else stands
// for itself.
std::string unescape(std::string_view text, bool quotes = true);

}  // namespace sluice::scrape
