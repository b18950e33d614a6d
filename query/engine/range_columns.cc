// RangeReader::take_columns: filters, groups and values of a batch from its columns.

#include <algorithm>
#include <array>

#include "query/engine/range_reader.h"

namespace sluice::query {

Result<void> RangeReader::take_columns(const LogBatch& batch) {
  filter_.bind(batch);
  RowVerdicts verdicts = filter_.judge();
  const bool complete = task_.pushdown.complete();
  if (complete && task_.aggregation.unwrap)
    unwrapped_ = filter_.column(task_.aggregation.unwrap->label);
  if (complete) add_groups();
  const bool sums = complete && adds_numbers_up() && filter_.all_passed(verdicts);
  if (complete && !sums) judge_value(verdicts);
  if (filter_.all_dropped(verdicts)) return {};
  const bool counts = complete && task_.function.input == LogFunctionInput::total &&
                      !task_.function.bytes && !task_.aggregation.unwrap &&
                      filter_.all_passed(verdicts);
  if (complete) SLUICE_CHECK(groups_->finish(counts && task_.plan.steps() == 1));
  const Timestamp* const times = batch.timestamps.data();
  for (std::size_t begin = 0, end = 0; begin < batch.size(); begin = end) {
    const auto& span = span_at(times[begin]);
    const auto after = std::upper_bound(times + begin, times + batch.size(), stretch_.last);
    end = static_cast<std::size_t>(after - times);
    if (complete && span) groups_->enter(*span);
    if (sums)
      SLUICE_CHECK(span ? sum_numbers(begin, end) : Result<void>{});
    else if (!counts)
      SLUICE_CHECK(take_rows(batch, verdicts, begin, end));
    else if (span)
      SLUICE_CHECK(groups_->count_rows(begin, end));
  }
  return {};
}

// Rows [begin, end), all in the same windows or in none.
Result<void> RangeReader::take_rows(const LogBatch& batch, const RowVerdicts& verdicts,
                                    std::size_t begin, std::size_t end) {
  const bool complete = task_.pushdown.complete();
  const bool inside = stretch_.span.has_value();
  for (std::size_t row = begin; row < end; ++row) {
    if (row % rows_between_checks == 0) SLUICE_CHECK(context_.check());
    const Verdict verdict = filter_.verdict(verdicts, row);
    if (verdict == Verdict::drop) continue;
    if (verdict == Verdict::error || !complete)
      SLUICE_CHECK(take_line(batch, row));
    else if (inside)
      SLUICE_CHECK(take_passed(batch, row));
  }
  return {};
}

void RangeReader::judge_value(RowVerdicts& verdicts) {
  if (!task_.aggregation.unwrap) return;
  const Unwrap& unwrap = *task_.aggregation.unwrap;
  verdicts.and_then(judge_unwrap(unwrapped_));
  for (const auto& filter : unwrap.post_filters)
    verdicts.and_then(judge_rows(*filter, filter_.rows(),
                                 [this](std::string_view name) { return filter_.column(name); }));
}

// All rows of the batch add their numbers, where they have one, to the same series.
bool RangeReader::adds_numbers_up() const {
  const auto& unwrap = task_.aggregation.unwrap;
  return unwrap && unwrap->post_filters.empty() && !unwrapped_.numbers.empty() &&
         task_.function.input == LogFunctionInput::total && groups_->is_one();
}

// Rows [begin, end). In four lanes, so that no addition waits for the one before; the lanes depend
// on the batch alone.
Result<void> RangeReader::sum_numbers(std::size_t begin, std::size_t end) {
  constexpr std::size_t lanes = 4;
  const double* const numbers = unwrapped_.numbers.data();
  const auto& present = unwrapped_.present;
  std::array<double, lanes> sums{};
  std::size_t entries = 0;
  const auto add = [&](std::size_t row, std::size_t lane) {
    const bool there = present.empty() || present[row] != 0;
    sums[lane] += there ? numbers[row] : 0;
    entries += there ? 1 : 0;
  };
  std::size_t row = begin;
  for (; row + lanes <= end; row += lanes)
    for (std::size_t lane = 0; lane < lanes; ++lane) add(row + lane, lane);
  for (; row < end; ++row) add(row, 0);
  if (entries == 0) return {};
  SLUICE_TRY(Aggregate* const aggregate, groups_->aggregate_of(begin));
  aggregate->add_total(static_cast<double>(entries), (sums[0] + sums[1]) + (sums[2] + sums[3]));
  return {};
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
  return judge_column(column, filter_.rows(), {text, std::nullopt, Verdict::drop});
}

void RangeReader::add_groups() {
  groups_->start();
  const auto& names = task_.pushdown.labels();
  const auto& unwrap = task_.aggregation.unwrap;
  for (auto name = names.begin(); name != names.end(); ++name) {
    const bool again = std::find(names.begin(), name, *name) != name;
    if (!again && (!unwrap || unwrap->label != *name)) groups_->add(*name, filter_.column(*name));
  }
}

Result<void> RangeReader::take_passed(const LogBatch& batch, std::size_t row) {
  double value = 1;
  if (task_.aggregation.unwrap) {
    value = unwrapped_at(row);
  } else if (task_.function.bytes) {
    SLUICE_TRY(value, bytes_of(batch, row));
  }
  if (task_.function.input == LogFunctionInput::samples) {
    SLUICE_TRY(const std::size_t series, groups_->series_of(row));
    return series_->add(series, *stretch_.span, batch.timestamps[row], value);
  }
  SLUICE_TRY(Aggregate* const aggregate, groups_->aggregate_of(row));
  if (task_.function.input == LogFunctionInput::total)
    aggregate->add_total(1, value);
  else
    aggregate->add(batch.timestamps[row], value);
  return {};
}

double RangeReader::unwrapped_at(std::size_t row) const {
  if (!unwrapped_.numbers.empty()) return unwrapped_.numbers[row];
  return unwrapped_values_[unwrapped_.codes.empty() ? 0 : unwrapped_.codes[row]];
}

}  // namespace sluice::query
