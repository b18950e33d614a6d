#include "rules/gate/verdict.h"

namespace sluice::rules {
namespace {

GateDecision name_check(const CheckResult& check) {
  return {check.verdict, check.name + ": " + check.reason};
}

const CheckResult* first_with(const GateObservation& seen, Verdict verdict) {
  for (const auto& check : seen.checks) {
    if (check.verdict == verdict) return &check;
  }
  return nullptr;
}

GateDecision worst(const GateObservation& seen) {
  if (const auto* check = first_with(seen, Verdict::fail)) return name_check(*check);
  if (seen.sight == Evidence::error) return {Verdict::error, seen.sight_reason};
  if (const auto* check = first_with(seen, Verdict::error)) return name_check(*check);
  if (seen.sight != Evidence::ok) return {Verdict::no_data, seen.sight_reason};
  for (auto verdict : {Verdict::no_data, Verdict::inconclusive}) {
    if (const auto* check = first_with(seen, verdict)) return name_check(*check);
  }
  // A gate that asked nothing has learned nothing.
  if (seen.checks.empty()) return {Verdict::error, "the policy has no checks"};
  return {Verdict::pass, "all " + std::to_string(seen.checks.size()) + " checks passed"};
}

GateDecision at_timeout(GateDecision decision, OnInconclusive policy) {
  if (*decision.verdict != Verdict::inconclusive) return decision;
  if (policy == OnInconclusive::pass) {
    return {Verdict::pass, "inconclusive, passed by policy: " + decision.reason};
  }
  if (policy == OnInconclusive::fail) {
    return {Verdict::fail, "inconclusive, failed by policy: " + decision.reason};
  }
  return decision;
}

}  // namespace

GateDecision decide(const GateObservation& seen, const GateTiming& timing, Timestamp now) {
  GateDecision now_known = worst(seen);
  if (*now_known.verdict == Verdict::fail) return now_known;
  const bool window_over = now >= timing.started_at + timing.window;
  if (window_over && *now_known.verdict == Verdict::pass) return now_known;
  if (window_over && now >= timing.started_at + timing.timeout) {
    return at_timeout(std::move(now_known), timing.on_inconclusive);
  }
  return {std::nullopt, now_known.reason};
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::inconclusive: return "inconclusive";
    case Verdict::no_data: return "no_data";
    case Verdict::error: break;
  }
  return "error";
}

std::optional<Verdict> verdict_of(std::string_view text) {
  for (auto verdict :
       {Verdict::pass, Verdict::fail, Verdict::inconclusive, Verdict::no_data, Verdict::error}) {
    if (to_string(verdict) == text) return verdict;
  }
  return std::nullopt;
}

std::string_view to_string(PatternEvidence::Status status) {
  switch (status) {
    case PatternEvidence::Status::known: return "known";
    case PatternEvidence::Status::fresh: return "new";
    case PatternEvidence::Status::unverified: break;
  }
  return "unverified";
}

}  // namespace sluice::rules
