// The value notation of scripts.
#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

#include "base/types/log_entry.h"
#include "query/engine/grid.h"
#include "tests/query/script/script.h"

namespace sluice::query::script {

namespace {

using Values = std::vector<std::optional<double>>;

std::optional<double> take_double(std::string_view& text) {
  const auto word = [&](std::string_view name, double value) -> std::optional<double> {
    if (!text.starts_with(name)) return std::nullopt;
    text.remove_prefix(name.size());
    return value;
  };
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (auto v = word("NaN", std::numeric_limits<double>::quiet_NaN())) return v;
  if (auto v = word("+Inf", inf)) return v;
  if (auto v = word("-Inf", -inf)) return v;
  if (auto v = word("Inf", inf)) return v;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take_repeat(std::string_view& text, std::size_t& times) {
  if (!text.starts_with('x')) return false;
  text.remove_prefix(1);
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), times);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return ec == std::errc{} && text.empty() && times <= 1'000'000;
}

// a, axN, a+bxN, a-bxN
bool append_number(std::string_view word, Values& values) {
  const auto start = take_double(word);
  if (!start) return false;
  if (word.empty()) return values.emplace_back(*start), true;
  double step = 0;
  if (!word.starts_with('x')) {
    const auto parsed = take_double(word);
    if (!parsed) return false;
    step = *parsed;
  }
  std::size_t times = 0;
  if (!take_repeat(word, times)) return false;
  for (std::size_t i = 0; i <= times; ++i)
    values.emplace_back(*start + step * static_cast<double>(i));
  return true;
}

bool append_word(std::string_view word, Values& values) {
  if (word == "stale") return values.emplace_back(absent_value), true;
  if (!word.starts_with('_')) return append_number(word, values);
  word.remove_prefix(1);
  std::size_t times = 1;
  if (!word.empty() && !take_repeat(word, times)) return false;
  values.insert(values.end(), times, std::nullopt);
  return true;
}

}  // namespace

Result<Values> parse_values(std::string_view text) {
  Values values;
  std::istringstream words{std::string(text)};
  std::string word;
  while (words >> word)
    if (!append_word(word, values)) return invalid_argument("not a value: \"" + word + "\"");
  return values;
}

}  // namespace sluice::query::script
