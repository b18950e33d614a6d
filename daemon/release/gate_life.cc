#include "daemon/release/gate_life.h"

#include <fmt/format.h>

namespace sluice::release {
namespace {

std::string seconds_text(Duration d) {
  return format_prometheus_duration(std::chrono::floor<std::chrono::seconds>(d));
}

GateRecord finish(GateRecord gate, Timestamp now) {
  gate.phase = GatePhase::done;
  gate.finished_at = now;
  return gate;
}

GateRecord end_rollback(GateRecord gate, RollbackState state, std::string detail, Timestamp now) {
  gate.rollback.state = state;
  gate.rollback.detail = std::move(detail);
  gate.rollback.finished_at = now;
  return finish(std::move(gate), now);
}

GateRecord begin_rollback(GateRecord gate, const RollbackPlan& plan, Timestamp now) {
  gate.phase = GatePhase::rolling_back;
  gate.rollback.state = RollbackState::pending;
  gate.rollback.hook = plan.hook;
  gate.rollback.requested_at = now;
  return gate;
}

}  // namespace

GateRecord after_look(GateRecord gate, Look look, const RollbackPlan& plan, Timestamp now) {
  const rules::GateTiming timing{gate.started_at, gate.window, gate.timeout, gate.on_inconclusive};
  auto decision = rules::decide(look.seen, timing, now);
  gate.checks = std::move(look.seen.checks);
  gate.sight = std::move(look.sight);
  gate.evaluated_at = now;
  ++gate.evaluations;
  gate.reason = std::move(decision.reason);
  if (!decision.verdict) return gate;
  gate.verdict = decision.verdict;
  gate.decided_at = now;
  if (*gate.verdict != rules::Verdict::fail || !gate.rollback_on_fail) {
    return finish(std::move(gate), now);
  }
  if (plan.hook.empty()) {
    return end_rollback(std::move(gate), RollbackState::skipped, plan.why_not, now);
  }
  return begin_rollback(std::move(gate), plan, now);
}

GateRecord after_hook(GateRecord gate, const alerting::Receipt& receipt, Timestamp now) {
  gate.rollback.attempts = receipt.attempts;
  gate.rollback.output = receipt.output;
  gate.rollback.hook_done_at = receipt.done;
  if (receipt.outcome != "delivered") {
    return end_rollback(std::move(gate), RollbackState::rollback_failed,
                        "the hook failed (" + receipt.outcome + "): " + receipt.detail, now);
  }
  gate.phase = GatePhase::verifying;
  gate.rollback.state = RollbackState::verifying;
  gate.rollback.detail = "the hook is done, waiting to see " + gate.baseline + " in the data";
  return gate;
}

GateRecord after_verification(GateRecord gate, const AfterRollback& seen,
                              const VerifyOptions& options, Timestamp now) {
  const Duration since = now - gate.rollback.hook_done_at.value_or(now);
  const bool quiet = seen.candidate_recent <= 0 && since >= options.quiet_for;
  if (seen.sight == rules::Evidence::ok && quiet && seen.baseline_recent > 0) {
    return end_rollback(
        std::move(gate), RollbackState::rolled_back,
        fmt::format("baseline {} seen after the hook ({:.0f} lines), candidate "
                    "silent for {}",
                    gate.baseline, seen.baseline_recent, seconds_text(options.quiet_for)),
        now);
  }
  std::string missing =
      seen.sight != rules::Evidence::ok ? seen.sight_reason
      : seen.baseline_recent <= 0       ? "no lines of the baseline " + gate.baseline
      : seen.candidate_recent > 0
          ? fmt::format("still {:.0f} lines of {} within {}", seen.candidate_recent, gate.version,
                        seconds_text(options.quiet_for))
          : "waiting for the candidate to be silent for " + seconds_text(options.quiet_for);
  if (since >= options.timeout) {
    return end_rollback(std::move(gate), RollbackState::rollback_failed,
                        "not verified within " + seconds_text(options.timeout) + ": " + missing,
                        now);
  }
  gate.rollback.detail = std::move(missing);
  return gate;
}

GateRecord rollback_failed(GateRecord gate, std::string detail, Timestamp now) {
  return end_rollback(std::move(gate), RollbackState::rollback_failed, std::move(detail), now);
}

}  // namespace sluice::release
