// Pace: how many lines are due by now, in bursts that average to the wanted rate.
//
// Each second of the run has its own load, between a third and three times the mean, drawn from
// the seed; within a second lines come evenly. Pure: it is told the time. After a pause (laptop
// lid, debugger) at most a second's worth is made up for, the rest is skipped.
#pragma once

#include <cstdint>

#include "base/types/time.h"

namespace sluice::demo {

class Pace {
 public:
  Pace(double lines_per_second, std::uint64_t seed) : rate_(lines_per_second), seed_(seed) {}

  // `elapsed` since the start of the run, never falling. The result counts as written.
  std::size_t due(Duration elapsed);
  // The load of second number `second`, relative to the mean of 1.
  double load(std::int64_t second) const;

 private:
  double rate_;
  std::uint64_t seed_;
  Duration last_{0};
  double owed_ = 0;  // lines, with fraction
};

}  // namespace sluice::demo
