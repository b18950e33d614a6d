// LogSlices: the range of a log query cut into slices of time, in the order in which it wants them,
// so that lines can be handed out while older (or newer) ones are still searched.
//
// Slices end at midnight UTC: a stored part holds the entries of one day, so no row group is read
// for two slices. One slice is a day; of a range of more than `most_slices` days, several. Pure.
#pragma once

#include <cstddef>
#include <optional>

#include "query/source.h"

namespace sluice::query {

class LogSlices {
 public:
  static constexpr std::size_t most_slices = 64;

  LogSlices(TimeRange range, Direction direction);
  // Nothing: all of the range was given.
  std::optional<TimeRange> next();

 private:
  TimeRange left_;
  Direction direction_;
  std::chrono::days width_;
};

}  // namespace sluice::query
