// IntervalCounts: how many wanted rows of each run lie in each interval of LogProjection::coalesce.
// Rows of a run ascend by time, so an interval is a range of rows, counted as bits of a set: no row
// is looked at. Where intervals are whole minutes, the header says which rows those are; else the
// timestamps do.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "daemon/storage/columns/row_group_header.h"
#include "daemon/storage/columns/row_set.h"
#include "daemon/storage/part_builder.h"
#include "query/source.h"

namespace sluice::storage {

// Whether the range begins and ends between two minutes.
bool whole_minutes(TimeRange range);
// The end of the interval (k * interval, (k + 1) * interval] that t lies in.
Timestamp interval_end_of(Timestamp t, Duration interval);
// The end of the interval of so many minutes that `minute` lies in; it belongs to it.
Timestamp interval_end(std::int64_t minute, std::int64_t minutes_per_interval);

// Which rows of a row group are of which minute.
class MinuteRows {
 public:
  struct Minute {
    std::int64_t minute = 0;
    std::size_t begin = 0;  // rows [begin, end)
    std::size_t end = 0;
  };
  // nullopt: the header's minutes do not fit the runs.
  static std::optional<MinuteRows> of(const MinuteCounts& counts, const GroupInfo& info);

  std::span<const Minute> of_run(std::size_t run) const {
    return std::span(minutes_).subspan(starts_[run], starts_[run + 1] - starts_[run]);
  }

 private:
  std::vector<Minute> minutes_;
  std::vector<std::size_t> starts_;  // by run
};

class IntervalCounts {
 public:
  explicit IntervalCounts(Duration interval) : interval_(interval) {}

  // Of the rows [begin, end), all of one run.
  void add(const LabelSet* labels, const RowSet& wanted, std::size_t begin, std::size_t end,
           std::span<const Timestamp> timestamps);
  // The same by minutes, for intervals of whole ones: those that lie within [begin, end).
  void add(const LabelSet* labels, const RowSet& wanted, std::size_t begin, std::size_t end,
           std::span<const MinuteRows::Minute> minutes);
  // The next run's, without its stream's number; valid until the next call. False at the end.
  bool next(query::LogBatch& batch);

 private:
  struct Run {
    const LabelSet* labels;
    std::size_t begin;  // in timestamps_
  };
  void begin_run(const LabelSet* labels) { runs_.push_back({labels, timestamps_.size()}); }
  void count(Timestamp interval, std::uint64_t rows);

  Duration interval_;
  std::vector<Run> runs_;
  std::vector<Timestamp> timestamps_;
  std::vector<std::uint64_t> counts_;
  std::size_t next_ = 0;
};

}  // namespace sluice::storage
