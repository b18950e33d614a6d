// The data side of the new-pattern check: groups the candidate's error lines into patterns, and
// searches the baseline's stored lines for each.
#pragma once

#include "daemon/release/gate_data.h"
#include "daemon/release/gate_record.h"
#include "daemon/release/options.h"
#include "daemon/release/service_query.h"

namespace sluice::release {

struct NoveltyQuestion {
  const GateRecord& gate;
  const ServiceOptions& service;
  const rules::NoveltyPolicy& policy;
  const ServiceQuery& candidate;
  const ServiceQuery& baseline;
  Timestamp now{};
  double candidate_lines = 0;
  double baseline_lines = 0;  // where errors were counted; the search reaches further back
};

// Bounds of one look. Past them patterns stay unverified, which is never a pass.
inline constexpr std::size_t max_verified_patterns = 50;

Result<rules::CheckResult> check_novelty(const NoveltyQuestion& question, const GateData& data);

}  // namespace sluice::release
