// label_replace and label_join.
#include <charconv>

#include "base/types/ascii.h"
#include "base/types/utf8.h"
#include "query/ast/regex.h"
#include "query/engine/functions.h"

namespace sluice::query {

namespace {

Result<std::string> text_argument(const FunctionCall& call, std::size_t i) {
  SLUICE_TRY(auto value, call.evaluator.eval(call.argument(i), call.grid));
  return std::get<std::string>(std::move(value));
}

bool name_char(char c) {
  return is_ascii_letter(c) || is_digit(c) || c == '_';
}

// Go's Regexp.Expand: $name, ${name}, $1, $$; a name takes as many word characters as it can, and
// an unknown one is empty.
class Expander {
 public:
  Expander(const Regex& regex, const std::vector<std::string_view>& groups)
      : regex_(regex), groups_(groups) {}

  std::string expand(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
      const std::size_t dollar = text.find('$');
      out += text.substr(0, dollar);
      if (dollar == std::string_view::npos) break;
      text.remove_prefix(dollar + 1);
      if (text.starts_with('$')) {
        out += '$';
        text.remove_prefix(1);
      } else if (const auto name = take_name(text); !name.empty()) {
        out += group(name);
      } else {
        out += '$';
      }
    }
    return out;
  }

 private:
  static std::string_view take_name(std::string_view& text) {
    const bool braced = text.starts_with('{');
    std::size_t end = braced ? 1 : 0;
    const std::size_t begin = end;
    while (end < text.size() && name_char(text[end])) ++end;
    const auto name = text.substr(begin, end - begin);
    if (name.empty() || (braced && (end == text.size() || text[end] != '}'))) return {};
    text.remove_prefix(braced ? end + 1 : end);
    return name;
  }
  std::string_view group(std::string_view name) const {
    std::size_t index = 0;
    const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), index);
    if (ec == std::errc{} && end == name.data() + name.size())
      return index < groups_.size() ? groups_[index] : std::string_view();
    const auto& names = regex_.group_names();
    for (std::size_t i = 1; i < names.size() && i < groups_.size(); ++i)
      if (names[i] == name && !groups_[i].empty()) return groups_[i];
    return {};
  }

  const Regex& regex_;
  const std::vector<std::string_view>& groups_;
};

Error bad_destination(std::string_view function, std::string_view name) {
  std::string text = "invalid destination label name in " + std::string(function) + "(): ";
  text += name;
  return execution_error(std::move(text));
}

Result<EvalValue> label_replace(const FunctionCall& call) {
  SLUICE_TRY(const auto destination, text_argument(call, 1));
  SLUICE_TRY(const auto replacement, text_argument(call, 2));
  SLUICE_TRY(const auto source, text_argument(call, 3));
  SLUICE_TRY(const auto pattern, text_argument(call, 4));
  auto regex = Regex::compile(pattern, Anchor::both);
  if (!regex) return execution_error("invalid regular expression in label_replace(): " + pattern);
  if (!valid_utf8_name(destination)) return bad_destination("label_replace", destination);
  SLUICE_TRY(auto vector, call.evaluator.eval_vector(call.argument(0), call.grid));
  std::vector<std::string_view> groups;
  for (GridSeries& series : vector) {
    const std::string value(series.labels.get(source));
    if (!(*regex)->capture(value, groups)) continue;
    series.labels.set(destination, Expander(**regex, groups).expand(replacement));
    if (destination == metric_name_label) series.drops_name = false;
  }
  SLUICE_CHECK(merge_same_labels(vector));
  return EvalValue{std::move(vector)};
}

Result<EvalValue> label_join(const FunctionCall& call) {
  SLUICE_TRY(const auto destination, text_argument(call, 1));
  SLUICE_TRY(const auto separator, text_argument(call, 2));
  if (!valid_utf8_name(destination)) return bad_destination("label_join", destination);
  std::vector<std::string> sources;
  for (std::size_t i = 3; i < call.size(); ++i) {
    SLUICE_TRY(auto source, text_argument(call, i));
    sources.push_back(std::move(source));
  }
  SLUICE_TRY(auto vector, call.evaluator.eval_vector(call.argument(0), call.grid));
  for (GridSeries& series : vector) {
    std::string joined;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      if (i > 0) joined += separator;
      joined += series.labels.get(sources[i]);
    }
    series.labels.set(destination, joined);
    if (destination == metric_name_label) series.drops_name = false;
  }
  SLUICE_CHECK(merge_same_labels(vector));
  return EvalValue{std::move(vector)};
}

}  // namespace

std::vector<Function> label_functions() {
  const auto vector = ValueType::instant_vector;
  const auto text = ValueType::string;
  return {Function{"label_replace", vector, {vector, text, text, text, text}, 0, label_replace},
          Function{"label_join", vector, {vector, text, text, text}, -1, label_join}};
}

}  // namespace sluice::query
