// Verdict: what a gate or one of its checks concludes. Unknown is never pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types/time.h"
#include "rules/evidence.h"

namespace sluice::rules {

enum class Verdict { pass, fail, inconclusive, no_data, error };
std::string_view to_string(Verdict verdict);
std::optional<Verdict> verdict_of(std::string_view text);

// One pattern of the candidate's error lines and whether the baseline knows it.
struct PatternEvidence {
  enum class Status { known, fresh, unverified };
  std::string text;  // LineTemplate::display()
  std::string id;
  std::uint64_t count = 0;
  double share = 0;  // of the candidate's lines
  Status status = Status::unverified;
  std::vector<std::string> samples;  // a few raw lines, cut at 1 KiB
};
std::string_view to_string(PatternEvidence::Status status);  // "known", "new", "unverified"

// The finding of one check, complete enough to be argued with.
struct CheckResult {
  std::string name;
  std::string type;
  Verdict verdict = Verdict::inconclusive;
  std::string reason;  // one sentence
  double value = 0;
  double threshold = 0;
  double candidate_samples = 0;
  double baseline_samples = 0;
  std::vector<std::string> queries;
  std::vector<std::pair<std::string, double>> figures;
  std::vector<PatternEvidence> patterns;
};

// Everything seen in one evaluation of a gate.
struct GateObservation {
  Evidence sight = Evidence::ok;  // ok, no_data, stale or error: can we see at all?
  std::string sight_reason;
  std::vector<CheckResult> checks;
};

enum class OnInconclusive { hold, pass, fail };

struct GateTiming {
  Timestamp started_at{};
  Duration window{0};
  Duration timeout{0};  // >= window
  OnInconclusive on_inconclusive = OnInconclusive::hold;
};

struct GateDecision {
  std::optional<Verdict> verdict;  // nullopt: go on
  std::string reason;
};

// The pure step of a gate. A failed check decides at once; pass needs the whole window, every check
// and clear sight; what is undecided at the window goes on until the timeout.
GateDecision decide(const GateObservation& seen, const GateTiming& timing, Timestamp now);

}  // namespace sluice::rules
