// The error-rate check: candidate against baseline, valid at every look.
//
// fail: enough samples and errors, an effect worth acting on (ratio and difference), and an e-value
// of at least 1/alpha against "no worse than max_ratio". pass: needs evidence too, either an
// e-value of 1/beta against "unacceptable_ratio or worse", or an upper bound of the candidate's
// rate within min_difference of the baseline's (300 clean lines bound the rate by 1 %). Anything
// else is inconclusive.
#pragma once

#include <vector>

#include "rules/gate/policy.h"
#include "rules/gate/statistics.h"

namespace sluice::rules {

struct ErrorRateEvidence {
  // Concurrent: one slice per interval, both arms alike exposed to the world. Before/after: one
  // slice, weaker, because the world may have changed in between.
  std::vector<RateSlice> slices;
};

CheckResult judge_error_rate(const ErrorRatePolicy& policy, const ErrorRateEvidence& evidence);

}  // namespace sluice::rules
