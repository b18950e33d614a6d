#include "query/logql/capture_pattern.h"

#include <set>

namespace sluice::query::logql {

Result<CapturePattern> CapturePattern::compile(std::string_view pattern) {
  CapturePattern compiled;
  SLUICE_TRY(compiled.parts_, parse_pattern_parts(pattern));
  std::set<std::string_view> names;
  for (const auto& part : compiled.parts_)
    if (part.named() && !names.insert(part.text).second)
      return Error{ErrorCode::parse, "pattern: duplicate capture name \"" + part.text + "\""};
  if (names.empty())
    return Error{ErrorCode::parse, "pattern: at least one named capture is required, as in <ip>"};
  return compiled;
}

}  // namespace sluice::query::logql
