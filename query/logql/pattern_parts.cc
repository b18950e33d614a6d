#include "query/logql/pattern_parts.h"

#include "base/types/labels.h"

namespace sluice::query::logql {

Result<std::vector<PatternPart>> parse_pattern_parts(std::string_view pattern) {
  std::vector<PatternPart> parts;
  for (std::size_t i = 0; i < pattern.size();) {
    const auto close = pattern[i] == '<' ? pattern.find('>', i) : std::string_view::npos;
    const auto name = close == std::string_view::npos ? "" : pattern.substr(i + 1, close - i - 1);
    const bool capture = valid_label_name(name);
    const bool after_capture = !parts.empty() && parts.back().capture;
    if (capture && after_capture)
      return Error{ErrorCode::parse, "pattern \"" + std::string(pattern) +
                                         "\": consecutive captures need a literal between them"};
    if (capture) {
      parts.push_back({true, std::string(name)});
      i = close + 1;
      continue;
    }
    if (parts.empty() || after_capture) parts.push_back({false, ""});
    parts.back().text += pattern[i++];
  }
  return parts;
}

}  // namespace sluice::query::logql
