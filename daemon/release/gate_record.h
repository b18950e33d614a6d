// GateRecord: a gate, complete: what was asked, how far it is, what it found. The stored document
// and the API's JSON are the same text: docs/format/gate.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"
#include "rules/gate/verdict.h"

namespace sluice::release {

enum class GatePhase { evaluating, rolling_back, verifying, done };
std::string_view to_string(GatePhase phase);
std::optional<GatePhase> gate_phase(std::string_view text);

enum class RollbackState { none, pending, verifying, rolled_back, rollback_failed, skipped };
std::string_view to_string(RollbackState state);
std::optional<RollbackState> rollback_state(std::string_view text);

struct Rollback {
  RollbackState state = RollbackState::none;
  std::string hook;
  std::string detail;
  std::optional<Timestamp> requested_at;
  std::optional<Timestamp> hook_done_at;
  std::optional<Timestamp> finished_at;
  unsigned attempts = 0;
  std::string output;
};

// What the gate could see at its last evaluation.
struct GateSight {
  std::optional<Timestamp> watermark;
  Duration blind_for{0};
  std::string control;  // "concurrent", "before"
};

struct GateRecord {
  std::string id;
  std::string key;
  std::string service;
  std::string env = "default";
  std::string version;
  std::string baseline;
  std::string policy = "default";
  GatePhase phase = GatePhase::evaluating;
  std::optional<rules::Verdict> verdict;
  std::string reason;
  Timestamp created_at{};
  Timestamp started_at{};
  std::optional<Timestamp> evaluated_at;
  std::optional<Timestamp> decided_at;
  std::optional<Timestamp> finished_at;
  Duration window{0};
  Duration interval{0};
  Duration timeout{0};
  std::uint64_t evaluations = 0;
  bool rollback_on_fail = false;
  rules::OnInconclusive on_inconclusive = rules::OnInconclusive::hold;
  std::vector<rules::CheckResult> checks;
  Rollback rollback;
  GateSight sight;

  bool done() const { return phase == GatePhase::done; }
  std::string rollback_key() const { return "rollback/" + id; }
};

std::string_view to_string(rules::OnInconclusive value);
std::optional<rules::OnInconclusive> on_inconclusive(std::string_view text);

std::string encode(const GateRecord& gate);
// Error(corrupt) naming the gate.
Result<GateRecord> decode_gate(std::string_view key, std::string_view value);

}  // namespace sluice::release
