#include "query/engine/row_verdicts.h"

#include <algorithm>
#include <optional>

namespace sluice::query {

namespace {

// passes(number) for each row, inlined.
template <class Passes>
RowVerdicts judge_each(const LabelColumn& column, std::size_t rows, Verdict absent, Passes passes) {
  std::vector<Verdict> verdicts(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool there = column.present.empty() || column.present[row] != 0;
    const Verdict present = passes(column.numbers[row]) ? Verdict::pass : Verdict::drop;
    verdicts[row] = there ? present : absent;
  }
  return RowVerdicts(std::move(verdicts));
}

RowVerdicts judge_numbers(const LabelColumn& column, std::size_t rows, const ValueJudge& judge) {
  if (!judge.number) {
    const auto there = [](std::uint8_t present) { return present != 0; };
    if (std::all_of(column.present.begin(), column.present.end(), there))
      return RowVerdicts(Verdict::pass);
    return judge_each(column, rows, judge.absent, [](double) { return true; });
  }
  const double against = judge.number->against;
  const auto by = [&](auto passes) { return judge_each(column, rows, judge.absent, passes); };
  switch (judge.number->op) {
    case CompareOp::eq: return by([=](double n) { return n == against; });
    case CompareOp::ne: return by([=](double n) { return n != against; });
    case CompareOp::gt: return by([=](double n) { return n > against; });
    case CompareOp::ge: return by([=](double n) { return n >= against; });
    case CompareOp::lt: return by([=](double n) { return n < against; });
    case CompareOp::le: return by([=](double n) { return n <= against; });
  }
  return RowVerdicts(Verdict::error);
}

// Of many values only those that occur are looked at.
std::vector<Verdict> judge_values(const LabelColumn& column, const ValueJudge& judge) {
  const bool few = column.values.size() < column.codes.size() / 4;
  std::vector<bool> used(column.values.size(), few);
  if (!few)
    for (const std::uint32_t code : column.codes)
      if (code != FieldColumn::absent) used[code] = true;
  std::vector<Verdict> verdicts(column.values.size(), Verdict::drop);
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    if (used[i]) verdicts[i] = judge.text(column.values[i], i);
  return verdicts;
}

RowVerdicts judge_codes(const LabelColumn& column, const ValueJudge& judge) {
  const auto of_value = judge_values(column, judge);
  const auto dropped = [](Verdict v) { return v == Verdict::drop; };
  if (judge.absent == Verdict::drop && std::all_of(of_value.begin(), of_value.end(), dropped))
    return RowVerdicts(Verdict::drop);
  std::vector<Verdict> verdicts(column.codes.size());
  for (std::size_t row = 0; row < verdicts.size(); ++row) {
    const std::uint32_t code = column.codes[row];
    verdicts[row] = code == FieldColumn::absent ? judge.absent : of_value[code];
  }
  return RowVerdicts(std::move(verdicts));
}

struct TreeJudge {
  std::size_t rows;
  const ColumnOf& column_of;

  RowVerdicts operator()(const LabelMatcher& matcher) const {
    return judge_column(column_of(matcher.name()), rows, judge_of(matcher));
  }
  RowVerdicts operator()(const NumberLabelFilter& filter) const {
    return judge_column(column_of(filter.label), rows, judge_of(filter));
  }
  RowVerdicts operator()(const AddressLabelFilter& filter) const {
    return judge_column(column_of(filter.label), rows, judge_of(filter));
  }
  RowVerdicts operator()(const AndLabelFilter& both) const {
    RowVerdicts verdicts = judge_rows(*both.lhs, rows, column_of);
    if (!verdicts.all(Verdict::drop)) verdicts.and_then(judge_rows(*both.rhs, rows, column_of));
    return verdicts;
  }
  RowVerdicts operator()(const OrLabelFilter& either) const {
    RowVerdicts verdicts = judge_rows(*either.lhs, rows, column_of);
    if (!verdicts.all(Verdict::pass)) verdicts.or_else(judge_rows(*either.rhs, rows, column_of));
    return verdicts;
  }
};

}  // namespace

bool RowVerdicts::all(Verdict verdict) const {
  if (rows_.empty()) return all_ == verdict;
  return std::all_of(rows_.begin(), rows_.end(), [&](Verdict v) { return v == verdict; });
}

void RowVerdicts::combine(const RowVerdicts& next, Verdict open) {
  if (rows_.empty()) {
    if (all_ == open) *this = next;
    return;
  }
  for (std::size_t row = 0; row < rows_.size(); ++row)
    rows_[row] = rows_[row] == open ? next.at(row) : rows_[row];
}

RowVerdicts judge_column(const LabelColumn& column, std::size_t rows, const ValueJudge& judge) {
  if (!column.numbers.empty()) return judge_numbers(column, rows, judge);
  if (!column.codes.empty()) return judge_codes(column, judge);
  return RowVerdicts(column.constant ? judge.text(*column.constant, 0) : judge.absent);
}

RowVerdicts judge_rows(const LabelFilterExpr& filter, std::size_t rows, const ColumnOf& column_of) {
  return std::visit(TreeJudge{rows, column_of}, filter.node);
}

ValueJudge judge_of(const LabelMatcher& matcher) {
  const auto text = [&matcher](std::string_view value, std::size_t) {
    return matcher.matches(value) ? Verdict::pass : Verdict::drop;
  };
  // Columns that are matched as text are not asked for as numbers.
  return {text, std::nullopt, matcher.matches_empty() ? Verdict::pass : Verdict::drop};
}

ValueJudge judge_of(const AddressLabelFilter& filter) {
  const auto text = [&filter](std::string_view value, std::size_t) {
    return logql::judge(filter, value) ? Verdict::pass : Verdict::drop;
  };
  // As above: addresses are text.
  return {text, std::nullopt, Verdict::drop};
}

ValueJudge judge_of(const NumberLabelFilter& filter) {
  const auto text = [&filter](std::string_view value, std::size_t) {
    return logql::judge(filter, value);
  };
  return {text, NumberTest{filter.op, filter.value}, Verdict::drop};
}

}  // namespace sluice::query
