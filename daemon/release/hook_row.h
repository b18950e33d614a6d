// The outbox row of a rollback, and the facts a hook is told.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/alerting/outbox_row.h"
#include "daemon/release/gate_record.h"
#include "daemon/release/options.h"

namespace sluice::release {

alerting::OutboxRow hook_row(const GateRecord& gate, const HookOptions& hook, Timestamp now);

// SLUICE_ACTION, SLUICE_GATE, SLUICE_SERVICE, SLUICE_ENV, SLUICE_VERSION (the bad one),
// SLUICE_BASELINE (the one to go back to), SLUICE_REASON, SLUICE_HOOK, SLUICE_IDEMPOTENCY_KEY.
Result<std::vector<std::pair<std::string, std::string>>> hook_environment(
    const alerting::OutboxRow& row);

}  // namespace sluice::release
