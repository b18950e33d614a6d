// LinePattern: the test behind the filters |> and !>.
//
// Literals must occur in the line in order, and every <_> stands for at least one byte. A pattern
// that ends in a literal must end with the line. As in Loki, one that begins with a literal need
// not begin the line. An empty pattern matches only the empty line.
#pragma once

#include <string_view>
#include <vector>

#include "query/logql/pattern_parts.h"

namespace sluice::query::logql {

class LinePattern {
 public:
  // Error(parse): named captures (they would go nowhere), adjacent captures.
  static Result<LinePattern> compile(std::string_view pattern);
  bool matches(std::string_view line) const;

 private:
  std::vector<PatternPart> parts_;
};

}  // namespace sluice::query::logql
