// RangeReader::take_columns: filters, groups and values of a batch from its columns.

#include <algorithm>

#include "query/engine/range_reader.h"

namespace sluice::query {

Result<void> RangeReader::take_columns(const LogBatch& batch) {
  filter_.bind(batch);
  RowVerdicts verdicts = filter_.judge();
  const bool complete = task_.pushdown.complete();
  if (complete) judge_value(verdicts);
  if (complete) set_groups();
  if (filter_.all_dropped(verdicts)) return {};
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const Verdict verdict = filter_.verdict(verdicts, row);
    if (verdict == Verdict::drop) continue;
    SLUICE_CHECK(verdict == Verdict::pass && complete ? take_passed(batch, row)
                                                      : take_line(batch, row));
  }
  return {};
}

void RangeReader::judge_value(RowVerdicts& verdicts) {
  if (!task_.aggregation.unwrap) return;
  const Unwrap& unwrap = *task_.aggregation.unwrap;
  unwrapped_ = filter_.column(unwrap.label);
  verdicts.and_then(judge_unwrap(unwrapped_));
  for (const auto& filter : unwrap.post_filters)
    verdicts.and_then(judge_rows(*filter, filter_.rows(),
                                 [this](std::string_view name) { return filter_.column(name); }));
}

// Also fills unwrapped_values_.
RowVerdicts RangeReader::judge_unwrap(const LabelColumn& column) {
  unwrapped_values_.assign(column.values.size() + 1, 0);
  const auto convert = task_.aggregation.unwrap->convert;
  const auto text = [&](std::string_view value, std::size_t code) {
    const auto number = logql::unwrap_value(convert, value);
    if (number) unwrapped_values_[code] = *number;
    return number ? Verdict::pass : Verdict::error;
  };
  return judge_column(column, filter_.rows(),
                      {text, [](double) { return Verdict::pass; }, Verdict::drop});
}

void RangeReader::set_groups() {
  groups_.start();
  const auto& grouping = task_.aggregation.grouping;
  const bool single = task_.function.absent || !grouping;
  const std::vector<std::string> names = single ? std::vector<std::string>() : grouping->labels;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto before = names.begin() + static_cast<std::ptrdiff_t>(i);
    const bool again = std::find(names.begin(), before, names[i]) != before;
    const bool value = task_.aggregation.unwrap && task_.aggregation.unwrap->label == names[i];
    if (!again && !value) groups_.add(grouping->labels[i], filter_.column(names[i]));
  }
  groups_.finish();
}

Result<void> RangeReader::take_passed(const LogBatch& batch, std::size_t row) {
  SLUICE_TRY(const std::size_t series, groups_.series_of(row));
  SLUICE_TRY(const double value, value_of(batch, row));
  return add({series, value}, batch.timestamps[row]);
}

Result<double> RangeReader::value_of(const LogBatch& batch, std::size_t row) const {
  if (task_.aggregation.unwrap) {
    if (!unwrapped_.numbers.empty()) return unwrapped_.numbers[row];
    return unwrapped_values_[unwrapped_.codes.empty() ? 0 : unwrapped_.codes[row]];
  }
  return task_.function.bytes ? bytes_of(batch, row) : Result<double>(1.0);
}

}  // namespace sluice::query
