// LineFilter: |= != |~ !~ on the line's bytes, with `or` alternatives.
//
// Part of the AST because stores are handed filters to skip data with. Immutable, shared regexes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "query/ast/regex.h"

namespace sluice::query {

enum class LineOp { contains, not_contains, regex, not_regex };
std::string_view to_string(LineOp op);  // "|=", "!=", "|~", "!~"

struct LineFilter {
  LineOp op = LineOp::contains;
  // `|= "a" or "b"`: any may match (for the negative ops: none may).
  std::vector<std::string> values;
  std::vector<std::shared_ptr<const Regex>> regexes;  // parallel to values, for the regex ops

  static Result<LineFilter> make(LineOp op, std::vector<std::string> values);
  bool matches(std::string_view line) const;
};

}  // namespace sluice::query
