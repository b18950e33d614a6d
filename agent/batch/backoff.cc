#include "agent/batch/backoff.h"

#include <algorithm>

namespace sluice::agent {

Duration Backoff::next(double random) {
  const auto base = current_;
  current_ = std::min(current_ * 2, max_);
  const auto half = static_cast<double>(base.count()) / 2;
  return Duration{static_cast<std::int64_t>(half + half * random)};
}

}  // namespace sluice::agent
