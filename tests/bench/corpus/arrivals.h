// Arrivals: when the lines of one stream are written: bursts with pauses between, so that a stream
// fills its span of time whatever its size. Never backwards; never past the end.
#pragma once

#include <algorithm>
#include <cstdint>

#include "tests/bench/corpus/random.h"

namespace sluice::bench {

struct TimeSpan {
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
};

class Arrivals {
 public:
  // About `lines` lines in `span`.
  Arrivals(TimeSpan span, double lines, Random random)
      : span_(span),
        burst_(std::clamp(lines / 50, 1.0, 24.0)),
        gap_ns_(static_cast<double>(span.end_ns - span.start_ns) / std::max(lines, 1.0)),
        now_ns_(span.start_ns),
        random_(random) {}

  // The next line's time; `progress` (0..1) is how much of the stream has been written.
  std::int64_t next(double progress) {
    const bool pause = random_.chance(1 / burst_);
    now_ns_ += pause ? pause_ns(progress)
                     : 1000 + static_cast<std::int64_t>(random_.exponential(gap_ns_ * 0.05));
    return now_ns_ = std::min(now_ns_, span_.end_ns);
  }

 private:
  // Longer when the stream is ahead of its time, shorter when behind; at most half of what is left.
  std::int64_t pause_ns(double progress) {
    const double span = static_cast<double>(span_.end_ns - span_.start_ns);
    const double ahead = static_cast<double>(now_ns_ - span_.start_ns) - progress * span;
    const double mean = std::max(burst_ * gap_ns_ * 0.95 - ahead, burst_ * gap_ns_ * 0.05);
    const double left = static_cast<double>(span_.end_ns - now_ns_) / 2;
    return 1000 + static_cast<std::int64_t>(std::min(random_.exponential(mean), left));
  }

  TimeSpan span_;
  double burst_;
  double gap_ns_;
  std::int64_t now_ns_;
  Random random_;
};

}  // namespace sluice::bench
