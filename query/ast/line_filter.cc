#include "query/ast/line_filter.h"

#include <algorithm>

#include "query/ast/find_bytes.h"

namespace sluice::query {

std::string_view to_string(LineOp op) {
  switch (op) {
    case LineOp::contains: return "|=";
    case LineOp::not_contains: return "!=";
    case LineOp::regex: return "|~";
    case LineOp::not_regex: return "!~";
  }
  return "|=";
}

Result<LineFilter> LineFilter::make(LineOp op, std::vector<std::string> values) {
  LineFilter filter;
  filter.op = op;
  filter.values = std::move(values);
  if (op == LineOp::contains || op == LineOp::not_contains) return filter;
  for (const auto& pattern : filter.values) {
    SLUICE_TRY(auto regex, Regex::compile(pattern, Anchor::none));
    filter.regexes.push_back(std::move(regex));
  }
  return filter;
}

bool LineFilter::matches(std::string_view line) const {
  const auto has_value = [&](const std::string& v) { return contains(line, v); };
  const auto has_match = [&](const auto& regex) { return regex->matches(line); };
  switch (op) {
    case LineOp::contains: return std::any_of(values.begin(), values.end(), has_value);
    case LineOp::not_contains: return std::none_of(values.begin(), values.end(), has_value);
    case LineOp::regex: return std::any_of(regexes.begin(), regexes.end(), has_match);
    case LineOp::not_regex: return std::none_of(regexes.begin(), regexes.end(), has_match);
  }
  return false;
}

}  // namespace sluice::query
