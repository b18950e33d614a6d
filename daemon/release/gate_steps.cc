// One step of a gate: ask, decide (gate_life.h), commit.
#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/release/gate_manager.h"
#include "daemon/release/service_options.h"
#include "daemon/release/service_query.h"

namespace sluice::release {
namespace {

// How often a rollback in progress is looked at.
constexpr Duration rollback_poll = std::chrono::seconds(1);

Result<double> count_lines(const GateData& data, const ServiceOptions& service,
                           const GateRecord& gate, const std::string& version, Timestamp from,
                           Timestamp to) {
  SLUICE_TRY(const auto query, ServiceQuery::make(service, gate.service, gate.env, version));
  const Duration length = std::chrono::floor<std::chrono::milliseconds>(to - from);
  if (length <= Duration{0}) return 0.0;
  SLUICE_TRY(const auto counts, data.counts(query.lines(), from, length, 1));
  return counts.at(0);
}

}  // namespace

void GateManager::step(GateRecord gate) {
  const Timestamp now = parts_.clock.now();
  GateRecord after = gate.phase == GatePhase::evaluating     ? evaluate(gate, now)
                     : gate.phase == GatePhase::rolling_back ? await_hook(gate, now)
                                                             : verify(gate, now);
  const Duration pause = after.phase == GatePhase::evaluating ? gate.interval : rollback_poll;
  const bool rolled_back = after.done() && after.rollback.state == RollbackState::rolled_back;
  // Nothing new while the hook runs: no write.
  const bool changed = gate.phase != GatePhase::rolling_back || after.phase != gate.phase;
  if (changed) {
    if (auto stored = publish(gate, std::move(after)); !stored) {
      // What was decided did not happen; the next step decides again from the same evidence.
      log_error("cannot store a gate's step", {{"gate", gate.id}, {"error", stored.error()}});
    } else if (rolled_back) {
      auto marked = parts_.deployments.mark_rolled_back(gate.service, gate.env, gate.version);
      if (!marked) {
        log_error("cannot mark the deployment rolled back",
                  {{"gate", gate.id}, {"error", marked.error()}});
      }
    }
  }
  const std::lock_guard lock(mutex_);
  stepping_.erase(gate.id);
  const auto next = next_.find(gate.id);
  if (next != next_.end()) next->second = now + pause;
}

GateRecord GateManager::evaluate(const GateRecord& gate, Timestamp now) const {
  const ReleaseOptions options = this->options();
  const auto policy = options.policies.find(gate.policy);
  if (policy == options.policies.end()) {
    Look look;
    look.seen.sight = rules::Evidence::error;
    look.seen.sight_reason = "policy \"" + gate.policy + "\" is no longer configured";
    return after_look(gate, std::move(look), {}, now);
  }
  Look look =
      observe(gate, service_options(options, gate.service), policy->second, parts_.data, now);
  return after_look(gate, std::move(look), plan_rollback(gate), now);
}

RollbackPlan GateManager::plan_rollback(const GateRecord& gate) const {
  if (!gate.rollback_on_fail) return {};
  const ReleaseOptions options = this->options();
  const std::string name = service_options(options, gate.service).rollback_hook;
  if (name.empty()) return {"", "no rollback hook is configured for " + gate.service};
  const auto current = parts_.deployments.current(gate.service, gate.env);
  if (current && current->version != gate.version) {
    return {"", "version " + current->version + " is deployed now, not the judged " + gate.version};
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [id, other] : gates_) {
    const bool acting =
        other.phase == GatePhase::rolling_back || other.phase == GatePhase::verifying;
    if (acting && other.service == gate.service && other.env == gate.env && id != gate.id) {
      return {"", "gate " + id + " is rolling back this service already"};
    }
  }
  return {name, ""};
}

GateRecord GateManager::await_hook(const GateRecord& gate, Timestamp now) const {
  const auto receipt = parts_.outbox.receipt(gate.rollback_key());
  if (!receipt) {
    log_error("cannot read a receipt", {{"gate", gate.id}, {"error", receipt.error()}});
    return gate;
  }
  return *receipt ? after_hook(gate, **receipt, now) : gate;
}

GateRecord GateManager::verify(const GateRecord& gate, Timestamp now) const {
  const auto hook_options = hook(gate.rollback.hook);
  if (!hook_options) {
    return rollback_failed(gate, "hook \"" + gate.rollback.hook + "\" is no longer configured",
                           now);
  }
  const ReleaseOptions options = this->options();
  const ServiceOptions service = service_options(options, gate.service);
  const auto policy = options.policies.find(gate.policy);
  const VerifyOptions& verify = hook_options->verify;
  AfterRollback seen;
  std::tie(seen.sight, seen.sight_reason) =
      gate_sight(parts_.data.watermark(), now,
                 policy != options.policies.end() ? policy->second.stale_after : verify.quiet_for);
  // Running now, not just draining: the baseline must be seen within quiet_for, too.
  const Timestamp recent = now - verify.quiet_for;
  const Timestamp since = std::max(gate.rollback.hook_done_at.value_or(now), recent);
  const auto baseline = count_lines(parts_.data, service, gate, gate.baseline, since, now);
  const auto candidate = count_lines(parts_.data, service, gate, gate.version, recent, now);
  if (!baseline || !candidate) {
    seen.sight = rules::Evidence::error;
    seen.sight_reason = !baseline ? baseline.error().message : candidate.error().message;
  } else {
    seen.baseline_recent = *baseline;
    seen.candidate_recent = *candidate;
  }
  return after_verification(gate, seen, verify, now);
}

}  // namespace sluice::release
