#include "daemon/release/hook_delivery.h"

#include "daemon/alerting/http_post.h"
#include "daemon/release/exec_hook.h"
#include "daemon/release/hook_row.h"

namespace sluice::release {
namespace {

using alerting::Delivery;

Delivery refused(std::string why) {
  return {Delivery::Outcome::refused, 0, std::move(why), "", std::nullopt};
}

// Retried until the last attempt, then final.
Delivery failed(const HookOptions& hook, const alerting::OutboxRow& row, int status,
                std::string why, std::string output) {
  const bool last = row.attempts >= hook.attempts;
  return {last ? Delivery::Outcome::refused : Delivery::Outcome::retry, status, std::move(why),
          std::move(output), std::nullopt};
}

Delivery run_exec(const HookOptions& hook, const alerting::OutboxRow& row) {
  auto environment = hook_environment(row);
  if (!environment) return refused(environment.error().message);
  auto result = run_command({hook.exec, std::move(*environment), hook.timeout});
  if (!result) return failed(hook, row, 127, result.error().message, "");
  if (result->timed_out) {
    return failed(hook, row, result->exit_code,
                  "did not end within " + format_prometheus_duration(hook.timeout),
                  std::move(result->output));
  }
  if (result->exit_code != 0) {
    return failed(hook, row, result->exit_code, "exit code " + std::to_string(result->exit_code),
                  std::move(result->output));
  }
  return {Delivery::Outcome::delivered, 0, "", std::move(result->output), std::nullopt};
}

}  // namespace

Delivery run_hook(const HookOptions& hook, const alerting::OutboxRow& row) {
  if (!hook.exec.empty()) return run_exec(hook, row);
  return alerting::http_post(hook.webhook, {row.body, row.key, {}});
}

alerting::DeliverFn deliver_hooks(const GateManager& gates) {
  return [&gates](const alerting::OutboxRow& row) -> Delivery {
    const auto hook = gates.hook(row.target);
    if (!hook) return refused("hook \"" + row.target + "\" is no longer configured");
    return run_hook(*hook, row);
  };
}

}  // namespace sluice::release
