#include "base/scrape/relabel_template.h"

#include <charconv>

#include "base/scrape/exposition_chars.h"

namespace sluice::scrape {

namespace {

std::size_t word_length(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && (letter_char(text[n]) || is_digit(text[n]))) ++n;
  return n;
}

// The name behind a '$', taken from the front; empty if there is none.
std::string_view take_reference(std::string_view& text) {
  const bool braces = text.starts_with('{');
  const std::string_view inside = text.substr(braces ? 1 : 0);
  const std::size_t length = word_length(inside);
  if (length == 0) return {};
  if (braces && !inside.substr(length).starts_with('}')) return {};
  text = inside.substr(length + (braces ? 1 : 0));
  return inside.substr(0, length);
}

std::string_view group_of(std::string_view name, const std::vector<std::string_view>& groups,
                          const std::map<std::string, int>& names) {
  std::size_t number = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (ec != std::errc{} || end != name.data() + name.size()) {
    const auto found = names.find(std::string(name));
    if (found == names.end()) return {};
    number = static_cast<std::size_t>(found->second);
  }
  return number < groups.size() ? groups[number] : std::string_view();
}

}  // namespace

std::string expand_template(std::string_view text, const std::vector<std::string_view>& groups,
                            const std::map<std::string, int>& names) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = text.find('$');
    out += text.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar + 1);
    if (text.starts_with('$')) {
      out += '$';
      text.remove_prefix(1);
      continue;
    }
    const std::string_view name = take_reference(text);
    if (name.empty())
      out += '$';
    else
      out += group_of(name, groups, names);
  }
  return out;
}

}  // namespace sluice::scrape
