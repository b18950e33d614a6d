// The life of a gate as pure steps: evaluating -> (rolling_back -> verifying ->) done.
#pragma once

#include "daemon/alerting/outbox_row.h"
#include "daemon/release/gate_record.h"
#include "daemon/release/observe.h"
#include "daemon/release/options.h"

namespace sluice::release {

// Whether a failed gate may roll back, decided by the manager just before.
struct RollbackPlan {
  std::string hook;  // "": may not
  std::string why_not;
};

// An evaluation took place. On fail with a plan the gate is then rolling_back: the caller writes
// the hook's outbox row in the same step.
GateRecord after_look(GateRecord gate, Look look, const RollbackPlan& plan, Timestamp now);

// The hook ended, well or not.
GateRecord after_hook(GateRecord gate, const alerting::Receipt& receipt, Timestamp now);

// What the data says after the hook.
struct AfterRollback {
  rules::Evidence sight = rules::Evidence::ok;
  std::string sight_reason;
  double baseline_recent = 0;   // lines after the hook and within quiet_for
  double candidate_recent = 0;  // lines within quiet_for
};
GateRecord after_verification(GateRecord gate, const AfterRollback& seen,
                              const VerifyOptions& options, Timestamp now);

// The hook that should verify is gone from the configuration.
GateRecord rollback_failed(GateRecord gate, std::string detail, Timestamp now);

}  // namespace sluice::release
