// The outbox's handler for rows of kind "hook": runs the configured command or posts the webhook.
#pragma once

#include "daemon/alerting/outbox.h"
#include "daemon/release/gate_manager.h"

namespace sluice::release {

// `gates` must outlive the outbox's workers. A hook that is no longer configured is refused.
alerting::DeliverFn deliver_hooks(const GateManager& gates);

// One attempt, by itself.
alerting::Delivery run_hook(const HookOptions& hook, const alerting::OutboxRow& row);

}  // namespace sluice::release
