// RowVerdicts: what a label filter says of each row of a batch, found out per distinct value rather
// than per row.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "query/ast/log_pipeline.h"
#include "query/engine/batch_labels.h"
#include "query/logql/label_filter.h"

namespace sluice::query {

using logql::Verdict;

// One for all rows, or one per row.
class RowVerdicts {
 public:
  explicit RowVerdicts(Verdict all) : all_(all) {}
  explicit RowVerdicts(std::vector<Verdict> rows) : rows_(std::move(rows)) {}

  Verdict at(std::size_t row) const { return rows_.empty() ? all_ : rows_[row]; }
  bool all(Verdict verdict) const;
  // What follows a filter sees only rows that pass it; an error stays, because what later filters
  // make of it is for the line's own pipeline to say. `or_else`: the same for `a or b`.
  void and_then(const RowVerdicts& next) { combine(next, Verdict::pass); }
  void or_else(const RowVerdicts& next) { combine(next, Verdict::drop); }

 private:
  void combine(const RowVerdicts& next, Verdict open);

  Verdict all_ = Verdict::pass;
  std::vector<Verdict> rows_;  // empty: all_
};

struct NumberTest {
  CompareOp op;
  double against = 0;
};

// What is said of a column, from what is said of a value (text or number) and of an absent label.
struct ValueJudge {
  // With the value's place among the column's values; 0 for a constant.
  std::function<Verdict(std::string_view, std::size_t)> text;
  std::optional<NumberTest> number;  // of numbers in text that parse_float reads so; none: pass
  Verdict absent = Verdict::drop;
};
RowVerdicts judge_column(const LabelColumn& column, std::size_t rows, const ValueJudge& judge);

// How the column of a label is had: what the name means depends on the place in the pipeline.
using ColumnOf = std::function<LabelColumn(std::string_view name)>;
RowVerdicts judge_rows(const LabelFilterExpr& filter, std::size_t rows, const ColumnOf& column_of);

// The judge of a filter that is neither `and` nor `or`.
ValueJudge judge_of(const LabelMatcher& matcher);
ValueJudge judge_of(const NumberLabelFilter& filter);
ValueJudge judge_of(const AddressLabelFilter& filter);

}  // namespace sluice::query
