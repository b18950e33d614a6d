#include "daemon/storage/rough_times.h"

#include <algorithm>

#include "daemon/storage/interval_counts.h"

namespace sluice::storage {

namespace {

class RoughTimes {
 public:
  RoughTimes(const RowGroupHeader& header, const GroupInfo& info,
             const query::LogProjection::SameUntil& same)
      : header_(header), info_(info), same_(same), times_(header.rows) {}

  // Runs are added or left out in their order. False: it depends on single rows.
  bool add(std::size_t run) {
    const Run& of = info_.runs[run];
    if (same_(of.first) < of.last) return add_by_minutes(run);
    append(of.rows, of.last);
    return true;
  }
  void leave_out(std::size_t run) { end_ += info_.runs[run].rows; }
  std::vector<Timestamp> take() { return std::move(times_); }

 private:
  bool add_by_minutes(std::size_t run) {
    if (!minutes_) minutes_ = MinuteRows::of(header_.minutes, info_);
    if (!minutes_) return false;
    const Run& of = info_.runs[run];
    Timestamp until = Timestamp::min();
    for (const auto& minute : minutes_->of_run(run)) {
      const Timestamp first = std::max(of.first, interval_end(minute.minute - 1, 1) + Duration{1});
      const Timestamp last = std::min(of.last, interval_end(minute.minute, 1));
      if (first > until) until = same_(first);
      if (last > until) return false;
      append(minute.end - minute.begin, last);
    }
    return true;
  }
  void append(std::size_t rows, Timestamp t) {
    std::fill_n(times_.begin() + static_cast<std::ptrdiff_t>(end_), rows, t);
    end_ += rows;
  }

  const RowGroupHeader& header_;
  const GroupInfo& info_;
  const query::LogProjection::SameUntil& same_;
  std::vector<Timestamp> times_;
  std::size_t end_ = 0;                // rows before it have one
  std::optional<MinuteRows> minutes_;  // once asked for
};

}  // namespace

std::optional<std::vector<Timestamp>> rough_times(const RowGroupHeader& header,
                                                  const PartScan& scan, const GroupInfo& info,
                                                  TimeRange range,
                                                  const query::LogProjection::SameUntil& same) {
  RoughTimes times(header, info, same);
  for (std::size_t i = 0; i < info.runs.size(); ++i) {
    const Run& run = info.runs[i];
    const bool asked = scan.wanted[run.stream] && range.overlaps(run.first, run.last);
    if (!asked) times.leave_out(i);
    if (asked && !times.add(i)) return std::nullopt;
  }
  return times.take();
}

}  // namespace sluice::storage
