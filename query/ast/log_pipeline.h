// LogPipeline: the stages after a LogQL stream selector, as data.
//
// How stages run is in query/logql/; here is only what was written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/types/time.h"
#include "query/ast/address_range.h"
#include "query/ast/label_matcher.h"
#include "query/ast/line_filter.h"

namespace sluice::query {

// `| json` or `| json status="response.code", path="a.b[0]"` (empty: every field, flattened by '_')
struct JsonStage {
  struct Extraction {
    std::string label;
    std::string path;
  };
  std::vector<Extraction> extractions;
};
struct LogfmtStage {
  bool strict = false;
  bool keep_empty = false;
  std::vector<JsonStage::Extraction> extractions;
};

enum class CompareOp { eq, ne, gt, ge, lt, le };
struct LabelFilterExpr;
using LabelFilterPtr = std::shared_ptr<const LabelFilterExpr>;
struct NumberLabelFilter {
  enum class Unit { number, duration, bytes };
  std::string label;
  CompareOp op = CompareOp::eq;
  Unit unit = Unit::number;
  double value = 0;  // durations in seconds, bytes in bytes
};
// `addr = ip("10.0.0.0/8")`: whether the label's value holds such an address.
struct AddressLabelFilter {
  std::string label;
  bool negative = false;
  AddressRange range;
};
struct AndLabelFilter {
  LabelFilterPtr lhs, rhs;
};
struct OrLabelFilter {
  LabelFilterPtr lhs, rhs;
};
struct LabelFilterExpr {
  std::variant<LabelMatcher, NumberLabelFilter, AddressLabelFilter, AndLabelFilter, OrLabelFilter>
      node;
};
struct LabelFilterStage {
  LabelFilterPtr filter;
};
struct LineFormatStage {
  std::string text;  // Go text/template source
};
// `| label_format a=b` (rename) and `| label_format a="{{.b}}"` (template).
struct LabelFormatStage {
  struct Item {
    std::string label;
    std::string source;  // the label renamed, or the template
    bool rename = false;
  };
  std::vector<Item> items;
};
// `|> "<_> failed <_>"` and `!>`: a pattern of literals and gaps, with `or` alternatives.
struct PatternFilter {
  bool negative = false;
  std::vector<std::string> patterns;
};
// `|= ip("10.0.0.0/8") or "x"` and `!= ip(...)`: lines that hold an address of a range, or a text.
struct AddressFilter {
  bool negative = false;
  std::vector<AddressRange> ranges;
  std::vector<std::string> texts;
};
struct RegexpStage {
  std::shared_ptr<const Regex> regex;  // with at least one named group
};
struct PatternStage {
  std::string pattern;  // "<ip> - <_> <method>"
};
struct UnpackStage {};
struct DecolorizeStage {};
// `| drop a, b="x"` and `| keep ...`: a name, or a name under a condition.
struct LabelSelection {
  std::string name;
  std::optional<LabelMatcher> condition;
};
struct DropStage {
  std::vector<LabelSelection> labels;
};
struct KeepStage {
  std::vector<LabelSelection> labels;
};

using Stage =
    std::variant<LineFilter, PatternFilter, AddressFilter, JsonStage, LogfmtStage, RegexpStage,
                 PatternStage, UnpackStage, LabelFilterStage, LineFormatStage, LabelFormatStage,
                 DecolorizeStage, DropStage, KeepStage>;
using LogPipeline = std::vector<Stage>;

// `| unwrap label`, `| unwrap duration(label)`, and label filters after it.
struct Unwrap {
  enum class Convert { number, duration, bytes };
  std::string label;
  Convert convert = Convert::number;
  std::vector<LabelFilterPtr> post_filters;
};

}  // namespace sluice::query
