#include "query/logql/line_pattern.h"

namespace sluice::query::logql {

Result<LinePattern> LinePattern::compile(std::string_view pattern) {
  LinePattern compiled;
  SLUICE_TRY(compiled.parts_, parse_pattern_parts(pattern));
  for (const auto& part : compiled.parts_)
    if (part.named())
      return Error{ErrorCode::parse, "pattern filter: \"<" + part.text +
                                         ">\" captures nothing in a filter; write <_>, or use "
                                         "| pattern to make labels"};
  return compiled;
}

bool LinePattern::matches(std::string_view line) const {
  if (parts_.empty() || line.empty()) return parts_.empty() && line.empty();
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].capture) continue;
    const auto found = line.find(parts_[i].text);
    if (found == std::string_view::npos || (i > 0 && found == 0)) return false;
    line.remove_prefix(found + parts_[i].text.size());
  }
  return parts_.back().capture != line.empty();
}

}  // namespace sluice::query::logql
