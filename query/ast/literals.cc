#include "query/ast/literals.h"

#include "base/types/ascii.h"

namespace sluice::query {

namespace {

constexpr std::string_view special = ".+*?()[]{}^$";

// The pattern inside one pair of parentheses around all of it; otherwise the pattern itself.
std::string_view without_group(std::string_view pattern) {
  if (pattern.size() < 2 || pattern.front() != '(' || pattern.back() != ')') return pattern;
  pattern.remove_prefix(1);
  pattern.remove_suffix(1);
  if (pattern.starts_with("?:")) pattern.remove_prefix(2);
  return pattern;
}

// The character an escape stands for, if it stands for itself: \. is '.', but \d is a class.
std::optional<char> escaped_literal(char c) {
  const bool word = is_ascii_letter(c) || is_digit(c);
  const bool ascii = static_cast<unsigned char>(c) < 0x80;
  return word || !ascii || c == '_' ? std::nullopt : std::optional(c);
}

}  // namespace

std::optional<std::vector<std::string>> literal_alternatives(std::string_view pattern) {
  pattern = without_group(pattern);
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '|') {
      words.emplace_back();
    } else if (c == '\\') {
      const auto literal = i + 1 < pattern.size() ? escaped_literal(pattern[i + 1]) : std::nullopt;
      if (!literal) return std::nullopt;
      words.back() += *literal;
      ++i;
    } else if (special.find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace sluice::query
