// The outbox's handler for rows of kind "notify".
#pragma once

#include "daemon/alerting/outbox.h"
#include "daemon/alerting/rule_manager.h"

namespace sluice::alerting {

// `rules` must outlive the outbox's workers. A row of a receiver that is no longer configured is
// refused: its receipt says so.
DeliverFn deliver_notifications(const RuleManager& rules);

}  // namespace sluice::alerting
