// What a regex says about the bytes of every text it matches: literals that must be there.
//
// Read from the pattern with a parser of its own that knows the common part of RE2's syntax. What
// it does not know only makes the answer weaker. Letters under (?i) match as RE2's do: `k` also
// U+212A (Kelvin sign), `s` also U+017F (long s); other letters beyond ASCII end a literal there.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/storage/columns/needle.h"

namespace sluice::storage {

struct RegexLiterals {
  using AnyOf = std::vector<Needle>;
  // The regex matches just the texts that contain one of clauses[0], the only clause.
  bool exact = false;
  // Of each clause, a matching text contains at least one needle. None: nothing is known.
  std::vector<AnyOf> clauses;
};

RegexLiterals regex_literals(std::string_view pattern);

}  // namespace sluice::storage
