// The pieces of a pattern such as `<ip> - <_> "<method> `: literals and captures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::query::logql {

struct PatternPart {
  bool capture = false;
  std::string text;  // the literal, or the capture's name; "_" captures nothing
  bool named() const { return capture && text != "_"; }
};

// '<' that does not begin a capture is a literal. Error(parse): two captures without a literal
// between them, since where the first ends would be anyone's guess.
Result<std::vector<PatternPart>> parse_pattern_parts(std::string_view pattern);

}  // namespace sluice::query::logql
