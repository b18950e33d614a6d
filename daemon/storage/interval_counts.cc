#include "daemon/storage/interval_counts.h"

#include <algorithm>

namespace sluice::storage {

namespace {

std::int64_t floor_quotient(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool between_minutes(Timestamp t) {
  if (t == Timestamp::min() || t == Timestamp::max()) return true;
  return minute_of(t) != minute_of(t - Duration{1});
}

}  // namespace

bool whole_minutes(TimeRange range) {
  return between_minutes(range.start) && between_minutes(range.end);
}

Timestamp interval_end_of(Timestamp t, Duration interval) {
  const std::int64_t ns = unix_ns(t);
  const std::int64_t into = ns % interval.count();
  if (into == 0) return t;
  const std::int64_t left = into > 0 ? interval.count() - into : -into;
  return ns > INT64_MAX - left ? Timestamp::max() : from_unix_ns(ns + left);
}

Timestamp interval_end(std::int64_t minute, std::int64_t minutes_per_interval) {
  const std::int64_t end =
      (floor_quotient(minute, minutes_per_interval) + 1) * minutes_per_interval;
  if (end > INT64_MAX / ns_per_minute) return Timestamp::max();
  return from_unix_ns(end * ns_per_minute);
}

std::optional<MinuteRows> MinuteRows::of(const MinuteCounts& counts, const GroupInfo& info) {
  MinuteRows out;
  out.starts_.assign(info.runs.size() + 1, 0);
  std::vector<std::uint64_t> left;
  for (const Run& run : info.runs) left.push_back(run.rows);
  std::size_t row = 0;
  bool fits = true;
  counts.for_each([&](std::uint32_t run, const MinuteCount& count) {
    fits = fits && run < left.size() && count.rows <= left[run];
    if (!fits) return;
    left[run] -= count.rows;
    out.minutes_.push_back({count.minute, row, row + count.rows});
    row += count.rows;
    ++out.starts_[run + 1];
  });
  if (!fits || std::any_of(left.begin(), left.end(), [](std::uint64_t n) { return n > 0; }))
    return std::nullopt;
  for (std::size_t run = 0; run < info.runs.size(); ++run) out.starts_[run + 1] += out.starts_[run];
  return out;
}

void IntervalCounts::count(Timestamp interval, std::uint64_t rows) {
  if (rows == 0) return;
  if (timestamps_.size() > runs_.back().begin && timestamps_.back() == interval) {
    counts_.back() += rows;
    return;
  }
  timestamps_.push_back(interval);
  counts_.push_back(rows);
}

void IntervalCounts::add(const LabelSet* labels, const RowSet& wanted, std::size_t begin,
                         std::size_t end, std::span<const Timestamp> timestamps) {
  begin_run(labels);
  const auto last = timestamps.begin() + static_cast<std::ptrdiff_t>(end);
  for (std::size_t row = begin; row < end;) {
    const Timestamp interval = interval_end_of(timestamps[row], interval_);
    const auto from = timestamps.begin() + static_cast<std::ptrdiff_t>(row);
    const auto after =
        static_cast<std::size_t>(std::upper_bound(from, last, interval) - timestamps.begin());
    count(timestamps[row], wanted.count(row, after));
    row = after;
  }
}

void IntervalCounts::add(const LabelSet* labels, const RowSet& wanted, std::size_t begin,
                         std::size_t end, std::span<const MinuteRows::Minute> minutes) {
  begin_run(labels);
  for (const auto& minute : minutes)
    if (minute.begin >= begin && minute.end <= end)
      count(interval_end(minute.minute, interval_.count() / ns_per_minute),
            wanted.count(minute.begin, minute.end));
}

bool IntervalCounts::next(query::LogBatch& batch) {
  while (next_ < runs_.size()) {
    const Run& run = runs_[next_++];
    const std::size_t end = next_ < runs_.size() ? runs_[next_].begin : timestamps_.size();
    if (run.begin == end) continue;
    batch = {};
    batch.labels = run.labels;
    batch.timestamps = std::span(timestamps_).subspan(run.begin, end - run.begin);
    batch.counts = std::span(counts_).subspan(run.begin, end - run.begin);
    return true;
  }
  return false;
}

}  // namespace sluice::storage
