// The enumerators of a gate as text, both ways.
#include "daemon/release/gate_record.h"

namespace sluice::release {
namespace {

template <class Enum, std::size_t n>
std::optional<Enum> find(const Enum (&all)[n], std::string_view text) {
  for (Enum value : all) {
    if (to_string(value) == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(GatePhase phase) {
  switch (phase) {
    case GatePhase::evaluating: return "evaluating";
    case GatePhase::rolling_back: return "rolling_back";
    case GatePhase::verifying: return "verifying";
    case GatePhase::done: break;
  }
  return "done";
}

std::optional<GatePhase> gate_phase(std::string_view text) {
  constexpr GatePhase all[] = {GatePhase::evaluating, GatePhase::rolling_back, GatePhase::verifying,
                               GatePhase::done};
  return find(all, text);
}

std::string_view to_string(RollbackState state) {
  switch (state) {
    case RollbackState::none: return "none";
    case RollbackState::pending: return "pending";
    case RollbackState::verifying: return "verifying";
    case RollbackState::rolled_back: return "rolled_back";
    case RollbackState::rollback_failed: return "rollback_failed";
    case RollbackState::skipped: break;
  }
  return "skipped";
}

std::optional<RollbackState> rollback_state(std::string_view text) {
  constexpr RollbackState all[] = {
      RollbackState::none,        RollbackState::pending,         RollbackState::verifying,
      RollbackState::rolled_back, RollbackState::rollback_failed, RollbackState::skipped};
  return find(all, text);
}

std::string_view to_string(rules::OnInconclusive value) {
  switch (value) {
    case rules::OnInconclusive::hold: return "hold";
    case rules::OnInconclusive::pass: return "pass";
    case rules::OnInconclusive::fail: break;
  }
  return "fail";
}

std::optional<rules::OnInconclusive> on_inconclusive(std::string_view text) {
  constexpr rules::OnInconclusive all[] = {rules::OnInconclusive::hold, rules::OnInconclusive::pass,
                                           rules::OnInconclusive::fail};
  return find(all, text);
}

}  // namespace sluice::release
