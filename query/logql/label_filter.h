// Label filters (`| level="error" and took > 1.5s`) on one value, apart from where labels come
// from: lines run through them one by one (stage_label_filter.cc), columns value by value.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "query/ast/log_pipeline.h"
#include "query/logql/line_labels.h"

namespace sluice::query::logql {

enum class Verdict : std::uint8_t {
  drop,
  pass,
  // The value does not convert to what it is compared with. The line passes with an __error__,
  // which later stages may look at.
  error,
};

bool compare(CompareOp op, double value, double against);

// Of a label that is there (an absent one is dropped).
Verdict judge(const NumberLabelFilter& filter, std::string_view text);

// The same, on a line without an error so far; no text is an error.
bool judge(const AddressLabelFilter& filter, std::string_view text);

// Whether the line passes the filter. Values that do not convert set __error__ and pass, so that
// they are seen rather than lost.
bool passes(const LabelFilterExpr& filter, LineLabels& labels);

// The number in a label's value as `| unwrap` reads it; nullopt: it does not convert.
std::optional<double> unwrap_value(Unwrap::Convert convert, std::string_view text);

}  // namespace sluice::query::logql
