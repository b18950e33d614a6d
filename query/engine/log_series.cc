#include "query/engine/log_series.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <tuple>
#include <utility>

namespace sluice::query {

namespace {

double in_seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

// So many look-ups wait for memory together.
constexpr std::size_t merge_at_once = 32;

// What makes a series large: its greatest present value.
double size_of(std::span<const double> values) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const double value : values)
    if (!is_absent(value) && value > largest) largest = value;
  return largest;
}

// Of the values of these series; there are at least n.
double nth_greatest(std::span<const double> values, const std::vector<std::size_t>& series,
                    std::size_t n) {
  std::vector<double> ranked;
  ranked.reserve(series.size());
  for (const std::size_t i : series) ranked.push_back(values[i]);
  const auto nth = ranked.begin() + static_cast<std::ptrdiff_t>(n - 1);
  std::nth_element(ranked.begin(), nth, ranked.end(), std::greater<>());
  return *nth;
}

// Leaves the series with one of the greatest values, and all that equal the least of those.
void keep_greatest(std::vector<std::size_t>& present, std::span<const double> values,
                   std::size_t greatest) {
  const auto is_nan = [&](std::size_t i) { return std::isnan(values[i]); };
  if (present.size() <= greatest || std::any_of(present.begin(), present.end(), is_nan)) return;
  const double least = nth_greatest(values, present, greatest);
  std::erase_if(present, [&](std::size_t i) { return values[i] < least; });
}

bool has_values(std::span<const double> values) {
  return !std::all_of(values.begin(), values.end(), is_absent);
}

// As LabelSet orders them.
bool before(std::span<const logql::LabelView> a, std::span<const logql::LabelView> b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return std::tie(x.name, x.value) < std::tie(y.name, y.value);
      });
}

using Samples = std::vector<std::pair<WindowSpan, TimedValue>>;

// Calls at(step, samples of its window) for each step that has any. Samples are sorted by time.
template <class At>
void each_window(const Samples& sorted, std::size_t steps, At&& at) {
  std::vector<TimedValue> values;
  for (const auto& [span, value] : sorted) values.push_back(value);
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    while (end < sorted.size() && sorted[end].first.first <= step) ++end;
    while (begin < end && sorted[begin].first.last < step) ++begin;
    if (begin < end) at(step, std::span<const TimedValue>(values).subspan(begin, end - begin));
  }
}

// absent_over_time: 1 where nothing is, in any of the series; named by the selector's equalities.
GridVector inverted(std::span<const double> all_values, const LogRangeAggregation& aggregation,
                    std::size_t steps) {
  GridSeries absent;
  for (const auto& matcher : aggregation.query.matchers)
    if (matcher.op() == MatchOp::equal) absent.labels.set(matcher.name(), matcher.value());
  absent.values.assign(steps, 1);
  for (std::size_t i = 0; i < all_values.size(); ++i)
    if (!is_absent(all_values[i])) absent.values[i % steps] = absent_value;
  GridVector out;
  if (has_values(absent.values)) out.push_back(std::move(absent));
  return out;
}

}  // namespace

LogSeries::~LogSeries() {
  static_cast<void>(context_.charge(-charged_));  // giving back cannot fail
}

Result<void> LogSeries::charge(std::size_t bytes) {
  charged_ += static_cast<std::int64_t>(bytes);
  return context_.charge(static_cast<std::int64_t>(bytes));
}

bool LogSeries::selected(std::string_view name) const {
  // All lines make one series, which is then inverted.
  if (function_.absent) return false;
  if (!aggregation_.grouping) return true;
  const auto& [without, names] = *aggregation_.grouping;
  return (std::find(names.begin(), names.end(), name) != names.end()) != without;
}

Result<std::size_t> LogSeries::index_of(const logql::LineLabels& labels,
                                        std::string_view left_out) {
  labels.collect(scratch_);
  std::erase_if(scratch_, [&](const logql::LabelView& label) {
    return label.name == left_out || !selected(label.name);
  });
  for (auto& label : scratch_) label.origin = logql::Origin::stream;
  return index_of(scratch_);
}

Result<std::size_t> LogSeries::index_of(std::span<const logql::LabelView> labels) {
  return index_of(labels, logql::LabelTable::hash_of(labels));
}

Result<std::size_t> LogSeries::index_of(std::span<const logql::LabelView> labels,
                                        std::uint64_t hash) {
  bool added = false;
  const std::size_t index = table_.intern(labels, hash, added);
  if (!added) return index;
  data_.emplace_back();
  SLUICE_CHECK(charge(table_.cost(index) + sizeof(Data)));
  return index;
}

Result<Aggregate*> LogSeries::piece(std::size_t index, WindowSpan span) {
  bool fresh = false;
  Aggregate* const piece = &data_[index].windows.piece(span, fresh);
  if (fresh) SLUICE_CHECK(charge(sizeof(WindowSeries::Piece)));
  return piece;
}

Result<void> LogSeries::add(std::size_t index, WindowSpan span, Timestamp t, double value) {
  if (function_.input == LogFunctionInput::total) return add_total(index, span, 1, value);
  if (function_.input == LogFunctionInput::samples) {
    data_[index].samples.emplace_back(span, TimedValue{t, value});
    return charge(sizeof(Samples::value_type));
  }
  SLUICE_TRY(Aggregate* const aggregate, piece(index, span));
  aggregate->add(t, value);
  return {};
}

Result<void> LogSeries::add_total(std::size_t index, WindowSpan span, double entries,
                                  double values) {
  SLUICE_TRY(Aggregate* const aggregate, piece(index, span));
  aggregate->add_total(entries, values);
  return {};
}

bool LogSeries::counts_values_of(std::string_view name) {
  if (counted_label_.empty()) counted_label_ = name;
  return counted_label_ == name;
}

Result<void> LogSeries::count_values(std::span<const ValueCounts::Value> values) {
  counts_.add(values);
  return charge_counts();
}

Result<void> LogSeries::charge_counts() {
  const std::size_t held = counts_.memory_bytes();
  return held > counts_charged_ ? charge(held - std::exchange(counts_charged_, held))
                                : Result<void>{};
}

Result<void> LogSeries::merge_counts(LogSeries& later) {
  if (later.counts_.empty()) return {};
  if (!counts_values_of(later.counted_label_)) return later.settle_counts(0);
  counts_.merge(later.counts_);
  return charge_counts();
}

// Moves what the table has of a series that is counted by its value.
void LogSeries::count_by_value(std::size_t index) {
  const auto labels = table_.at(index);
  if (labels.size() != 1 || labels[0].name != counted_label_) return;
  double entries = 0;
  data_[index].windows.evaluate([&](std::size_t, const Aggregate& all) { entries = all.count; });
  data_[index] = {};
  const ValueCounts::Value value{labels[0].value, ValueCounts::hash_of(labels[0].value),
                                 static_cast<std::uint64_t>(entries)};
  if (value.count > 0) counts_.add(std::span(&value, 1));
}

// Makes series of what is counted by value; with `greatest` only of those that may be among the so
// many greatest.
Result<void> LogSeries::settle_counts(std::size_t greatest) {
  if (counts_.empty()) return {};
  for (std::size_t i = 0; i < data_.size(); ++i) count_by_value(i);
  const ValueCounts counts = std::exchange(counts_, {});
  const std::uint64_t least = counts.nth_greatest(greatest);
  Result<void> outcome;
  counts.each([&](const ValueCounts::Value& value) {
    if (value.count < least || !outcome) return;
    outcome = add_counted(value);
  });
  return outcome;
}

Result<void> LogSeries::add_counted(const ValueCounts::Value& value) {
  const logql::LabelView label{counted_label_, value.text, logql::Origin::stream};
  SLUICE_TRY(const std::size_t index, index_of(std::span(&label, 1)));
  const auto entries = static_cast<double>(value.count);
  return add_total(index, {0, 0}, entries, entries);
}

Result<void> LogSeries::merge(LogSeries& later) {
  if (data_.empty() && counts_.empty()) {
    std::swap(table_, later.table_);
    std::swap(data_, later.data_);
    std::swap(counted_label_, later.counted_label_);
    std::swap(counts_, later.counts_);
    std::swap(counts_charged_, later.counts_charged_);
    std::swap(charged_, later.charged_);
    return {};
  }
  SLUICE_CHECK(merge_counts(later));
  for (std::size_t begin = 0; begin < later.data_.size(); begin += merge_at_once)
    SLUICE_CHECK(merge_block(later, begin, std::min(begin + merge_at_once, later.data_.size())));
  return {};
}

Result<void> LogSeries::merge_block(LogSeries& later, std::size_t begin, std::size_t end) {
  std::array<std::uint64_t, merge_at_once> hashes;
  for (std::size_t i = begin; i < end; ++i) hashes[i - begin] = later.table_.hash_at(i);
  table_.prefetch(std::span(hashes).first(end - begin));
  for (std::size_t i = begin; i < end; ++i) {
    SLUICE_TRY(const std::size_t index, index_of(later.table_.at(i), hashes[i - begin]));
    Data& to = data_[index];
    Data& from = later.data_[i];
    const std::size_t fresh = to.windows.merge(from.windows);
    to.samples.insert(to.samples.end(), from.samples.begin(), from.samples.end());
    SLUICE_CHECK(charge(fresh * sizeof(WindowSeries::Piece) +
                        from.samples.size() * sizeof(Samples::value_type)));
    from = {};
  }
  return {};
}

void LogSeries::evaluate_one(std::size_t index, std::span<double> values) {
  Data& data = data_[index];
  const double seconds = in_seconds(aggregation_.range);
  std::fill(values.begin(), values.end(), absent_value);
  if (function_.input != LogFunctionInput::samples) {
    data.windows.evaluate([&](std::size_t step, const Aggregate& window) {
      values[step] = function_.of_aggregate(window, seconds);
    });
    return;
  }
  std::stable_sort(data.samples.begin(), data.samples.end(),
                   [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
  each_window(
      data.samples, values.size(), [&](std::size_t step, std::span<const TimedValue> window) {
        values[step] = function_.of_samples(window, aggregation_.parameter.value_or(0), seconds);
      });
}

// Of series of one size, the first by their labels are kept.
void LogSeries::keep_largest(std::vector<std::size_t>& present, std::span<const double> values,
                             std::size_t steps) {
  const std::size_t limit = context_.limits().max_series;
  if (present.size() <= limit) return;
  context_.warn("the query has " + std::to_string(present.size()) + " series; only the " +
                std::to_string(limit) +
                " largest are shown. Aggregate with sum by (...), or drop labels");
  std::vector<double> sizes(data_.size());
  for (const std::size_t i : present) sizes[i] = size_of(values.subspan(i * steps, steps));
  const double least = nth_greatest(sizes, present, limit);
  // Labels are compared only where sizes do not tell.
  const auto equal = std::partition(present.begin(), present.end(),
                                    [&](std::size_t i) { return sizes[i] > least; });
  const auto smaller =
      std::partition(equal, present.end(), [&](std::size_t i) { return sizes[i] == least; });
  const auto end = present.begin() + static_cast<std::ptrdiff_t>(limit);
  if (end != smaller)
    std::nth_element(equal, end, smaller, [&](std::size_t a, std::size_t b) {
      return before(table_.at(a), table_.at(b));
    });
  present.erase(end, present.end());
}

Result<GridVector> LogSeries::evaluate(const WindowPlan& plan, std::size_t greatest) {
  const std::size_t steps = plan.steps();
  SLUICE_CHECK(settle_counts(steps == 1 ? greatest : 0));
  SLUICE_CHECK(charge(data_.size() * steps * sizeof(double)));
  std::vector<double> values(data_.size() * steps);
  std::vector<std::size_t> present;
  for (std::size_t i = 0; i < data_.size(); ++i) {
    if (i % 1024 == 0) SLUICE_CHECK(context_.check());
    const auto of_series = std::span(values).subspan(i * steps, steps);
    evaluate_one(i, of_series);
    if (has_values(of_series)) present.push_back(i);
    data_[i] = {};
  }
  if (function_.absent) return inverted(values, aggregation_, steps);
  if (steps == 1 && greatest > 0) keep_greatest(present, values, greatest);
  keep_largest(present, values, steps);
  std::sort(present.begin(), present.end(),
            [this](std::size_t a, std::size_t b) { return before(table_.at(a), table_.at(b)); });
  GridVector out;
  out.reserve(present.size());
  for (const std::size_t i : present) {
    const auto of_series = std::span(values).subspan(i * steps, steps);
    out.push_back({logql::label_set(table_.at(i)), {of_series.begin(), of_series.end()}});
  }
  return out;
}

}  // namespace sluice::query
