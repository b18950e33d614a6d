#include "daemon/release/observe.h"

#include <algorithm>

#include "daemon/release/observe_novelty.h"
#include "daemon/release/service_query.h"
#include "rules/gate/error_rate.h"

namespace sluice::release {
namespace {

using rules::Evidence;
using rules::Verdict;

constexpr std::int64_t max_slices = 240;

// Whole slices only: an unfinished one would be counted at a moment that depends on the scheduler.
struct Slicing {
  Duration slice{0};
  std::size_t count = 0;
};

Slicing slicing(const GateRecord& gate, Timestamp now) {
  const Duration length = std::max(now - gate.started_at, Duration{0});
  Duration slice = std::max(gate.interval, Duration(std::chrono::seconds(1)));
  if (length / slice > max_slices) {
    slice = std::chrono::ceil<std::chrono::seconds>(length / max_slices);
  }
  return {slice, static_cast<std::size_t>(length / slice)};
}

struct Arm {
  std::vector<double> totals;
  std::vector<double> errors;
};

double sum(const std::vector<double>& values) {
  double out = 0;
  for (double v : values) out += v;
  return out;
}

Result<Arm> count_arm(const GateData& data, const ServiceQuery& query, Timestamp start,
                      const Slicing& s) {
  Arm arm;
  SLUICE_TRY(arm.totals, data.counts(query.lines(), start, s.slice, s.count));
  SLUICE_TRY(arm.errors, data.counts(query.errors(), start, s.slice, s.count));
  return arm;
}

// Both arms, and how the baseline was taken.
struct Counts {
  std::vector<rules::RateSlice> slices;
  double candidate_total = 0;
  double baseline_total = 0;
  std::string control;
};

// Beside the candidate while it has a fair share of the traffic; otherwise its history, as one
// slice, which is weaker evidence and said so.
bool concurrent(const Arm& candidate, const Arm& baseline, double min_samples) {
  const double beside = sum(baseline.totals);
  return beside >= min_samples && beside >= 0.1 * sum(candidate.totals);
}

Result<Counts> count_both(const GateData& data, const ServiceQuery& candidate_query,
                          const ServiceQuery& baseline_query, const GateRecord& gate,
                          const rules::GatePolicy& policy, Timestamp now) {
  const Slicing s = slicing(gate, now);
  SLUICE_TRY(const Arm candidate, count_arm(data, candidate_query, gate.started_at, s));
  SLUICE_TRY(const Arm beside, count_arm(data, baseline_query, gate.started_at, s));
  Counts out;
  out.candidate_total = sum(candidate.totals);
  if (concurrent(candidate, beside, policy.error_rate.min_samples)) {
    out.control = "concurrent";
    out.baseline_total = sum(beside.totals);
    for (std::size_t i = 0; i < s.count; ++i) {
      out.slices.push_back(
          {{candidate.totals[i], candidate.errors[i]}, {beside.totals[i], beside.errors[i]}});
    }
    return out;
  }
  const Timestamp history = gate.started_at - policy.baseline_window;
  SLUICE_TRY(const Arm before,
             count_arm(data, baseline_query, history, {policy.baseline_window, 1}));
  out.control = "before";
  out.baseline_total = sum(before.totals);
  out.slices.push_back(
      {{out.candidate_total, sum(candidate.errors)}, {out.baseline_total, sum(before.errors)}});
  return out;
}

rules::CheckResult failed_check(const std::string& name, const Error& error) {
  rules::CheckResult out;
  out.name = out.type = name;
  out.verdict = Verdict::error;
  out.reason = error.message;
  return out;
}

rules::CheckResult error_rate_check(const rules::GatePolicy& policy, const Counts& counts,
                                    const ServiceQuery& candidate, const ServiceQuery& baseline,
                                    Duration slice) {
  auto check = rules::judge_error_rate(policy.error_rate, {counts.slices});
  for (const ServiceQuery* query : {&candidate, &baseline}) {
    check.queries.push_back(count_query(query->lines(), slice));
    check.queries.push_back(count_query(query->errors(), slice));
  }
  return check;
}

void run_checks(const GateRecord& gate, const ServiceOptions& service,
                const rules::GatePolicy& policy, const GateData& data, Timestamp now, Look& look) {
  const auto fail_all = [&](const Error& error) {
    if (policy.error_rate.enabled) {
      look.seen.checks.push_back(failed_check("error_rate", error));
    }
    if (policy.novelty.enabled) {
      look.seen.checks.push_back(failed_check("new_patterns", error));
    }
  };
  const auto candidate = ServiceQuery::make(service, gate.service, gate.env, gate.version);
  const auto baseline = ServiceQuery::make(service, gate.service, gate.env, gate.baseline);
  if (!candidate) return fail_all(candidate.error());
  if (!baseline) return fail_all(baseline.error());
  const auto counts = count_both(data, *candidate, *baseline, gate, policy, now);
  if (!counts) return fail_all(counts.error());
  look.sight.control = counts->control;
  if (policy.error_rate.enabled) {
    look.seen.checks.push_back(
        error_rate_check(policy, *counts, *candidate, *baseline, slicing(gate, now).slice));
  }
  if (!policy.novelty.enabled) return;
  const NoveltyQuestion question{
      gate,      service, policy.novelty,          *candidate,
      *baseline, now,     counts->candidate_total, counts->baseline_total};
  auto novelty = check_novelty(question, data);
  look.seen.checks.push_back(novelty ? std::move(*novelty)
                                     : failed_check("new_patterns", novelty.error()));
}

}  // namespace

std::pair<Evidence, std::string> gate_sight(std::optional<Timestamp> watermark, Timestamp now,
                                            Duration stale_after) {
  if (!watermark) return {Evidence::no_data, "no log entry was ever stored"};
  if (*watermark + stale_after >= now) return {Evidence::ok, ""};
  const auto age = std::chrono::floor<std::chrono::seconds>(now - *watermark);
  return {Evidence::stale, "blind: the newest log entry is " + format_prometheus_duration(age) +
                               " old (stale after " + format_prometheus_duration(stale_after) +
                               ")"};
}

Look observe(const GateRecord& gate, const ServiceOptions& service, const rules::GatePolicy& policy,
             const GateData& data, Timestamp now) {
  Look look;
  look.sight.watermark = data.watermark();
  std::tie(look.seen.sight, look.seen.sight_reason) =
      gate_sight(look.sight.watermark, now, policy.stale_after);
  if (look.seen.sight == Evidence::stale) look.sight.blind_for = now - *look.sight.watermark;
  run_checks(gate, service, policy, data, now, look);
  return look;
}

}  // namespace sluice::release
