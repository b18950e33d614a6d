// Backoff: how long to wait before trying again. Pure; not thread-safe.
#pragma once

#include "base/types/time.h"

namespace sluice::agent {

// Exponential with jitter: half to all of min * 2^n, at most max.
class Backoff {
 public:
  Backoff(Duration min, Duration max) : min_(min), max_(max), current_(min) {}
  // `random` in [0, 1).
  Duration next(double random);
  void reset() { current_ = min_; }
  bool fresh() const { return current_ == min_; }  // nothing failed since the last reset

 private:
  Duration min_;
  Duration max_;
  Duration current_;
};

}  // namespace sluice::agent
