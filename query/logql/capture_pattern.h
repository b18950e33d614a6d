// CapturePattern: what `| pattern "<ip> - <_> <method>"` takes out of a line.
//
// A capture reaches to the next literal. When a literal does not occur, the capture before it takes
// the rest of the line and matching ends: what was captured until then stays. A leading literal
// must begin the line.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "query/logql/pattern_parts.h"

namespace sluice::query::logql {

class CapturePattern {
 public:
  // Error(parse): no named capture, the same name twice, adjacent captures.
  static Result<CapturePattern> compile(std::string_view pattern);

  // Calls capture(name, value) for each named capture.
  template <class Capture>
  void match(std::string_view line, Capture&& capture) const {
    std::size_t i = 0;
    if (line.empty()) return;
    if (!parts_[0].capture) {
      if (!line.starts_with(parts_[0].text)) return;
      line.remove_prefix(parts_[i++].text.size());
    }
    for (; i < parts_.size(); i += 2) {
      const bool last = i + 1 == parts_.size();
      const auto end = last ? std::string_view::npos : line.find(parts_[i + 1].text);
      if (parts_[i].named()) capture(parts_[i].text, line.substr(0, end));
      if (end == std::string_view::npos) return;
      line.remove_prefix(end + parts_[i + 1].text.size());
    }
  }

 private:
  std::vector<PatternPart> parts_;  // captures and literals take turns
};

}  // namespace sluice::query::logql
