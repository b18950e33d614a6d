// GatePolicy: what a gate asks and what it takes to be convinced. Values come from configuration.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/types/time.h"
#include "rules/gate/verdict.h"

namespace sluice::rules {

// Is the candidate's share of error lines worse than the baseline's? See gate/error_rate.h.
struct ErrorRatePolicy {
  bool enabled = true;
  double max_ratio = 1.25;         // a candidate may have this many times the baseline's rate
  double unacceptable_ratio = 3;   // "no worse" means: evidence against this ratio
  double min_difference = 0.01;    // effects below one percentage point are not worth a rollback
  std::optional<double> max_rate;  // absolute ceiling; works without a baseline
  double alpha = 0.01;             // probability of failing a healthy release
  double beta = 0.05;              // probability of passing one that is unacceptable
  double min_samples = 100;        // lines of each arm
  double min_errors = 5;           // of the candidate, before it can fail
  double dispersion = 1;
};

// Does the candidate log error patterns the baseline never did? See gate/novelty.h.
struct NoveltyPolicy {
  bool enabled = true;
  std::uint64_t min_count = 5;  // rarer patterns are reported, and fail nobody
  double min_share = 0.001;     // of the candidate's lines
  std::uint64_t max_new = 0;
  double min_samples = 100;                        // lines of each arm
  Duration lookback = std::chrono::hours(24 * 7);  // how far the baseline is searched
  std::vector<std::string> ignore;                 // regexes over the pattern text
};

struct GatePolicy {
  std::string name = "default";
  Duration window = std::chrono::minutes(10);
  Duration interval = std::chrono::seconds(15);
  Duration timeout = std::chrono::minutes(15);
  Duration stale_after = std::chrono::minutes(1);
  // The baseline's history, used when it no longer runs beside the candidate.
  Duration baseline_window = std::chrono::hours(1);
  bool rollback_on_fail = false;
  OnInconclusive on_inconclusive = OnInconclusive::hold;
  ErrorRatePolicy error_rate;
  NoveltyPolicy novelty;
};

}  // namespace sluice::rules
