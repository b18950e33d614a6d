#include "rules/gate/error_rate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sluice::rules {
namespace {

struct Figures {
  ArmCounts candidate;
  ArmCounts baseline;
  double ratio = 0;
  double e_worse = 0;
  double e_not_worse = 0;
  double upper = 1;
  double fisher_p = 1;
};

Figures compute(const ErrorRatePolicy& policy, const std::vector<RateSlice>& slices) {
  Figures f;
  for (const auto& slice : slices) {
    f.candidate += slice.candidate;
    f.baseline += slice.baseline;
  }
  // Half an error for none: a ratio that stays finite and errs towards the baseline.
  const double errors = std::max(f.baseline.errors, 0.5);
  if (f.baseline.total > 0) f.ratio = f.candidate.rate() / (errors / f.baseline.total);
  f.e_worse = e_value_worse(slices, policy.max_ratio, policy.dispersion);
  f.e_not_worse = e_value_not_worse(slices, policy.unacceptable_ratio, policy.dispersion);
  f.upper = binomial_upper_bound(f.candidate, 1 - policy.beta);
  f.fisher_p = fisher_exact_greater(f.candidate, f.baseline);
  return f;
}

std::string percent(double share) {
  return fmt::format("{:.3g}%", share * 100);
}

std::string rates(const Figures& f) {
  return fmt::format("{} of {:.0f} lines against {} of {:.0f}", percent(f.candidate.rate()),
                     f.candidate.total, percent(f.baseline.rate()), f.baseline.total);
}

void conclude(CheckResult& out, Verdict verdict, std::string reason) {
  out.verdict = verdict;
  out.reason = std::move(reason);
}

bool over_ceiling(const ErrorRatePolicy& p, const Figures& f) {
  return p.max_rate && f.candidate.errors >= p.min_errors &&
         binomial_lower_bound(f.candidate, 1 - p.alpha) > *p.max_rate;
}

bool worse(const ErrorRatePolicy& p, const Figures& f) {
  return f.candidate.errors >= p.min_errors && f.ratio > p.max_ratio &&
         f.candidate.rate() - f.baseline.rate() >= p.min_difference && f.e_worse >= 1 / p.alpha;
}

bool no_worse(const ErrorRatePolicy& p, const Figures& f) {
  return f.e_not_worse >= 1 / p.beta || f.upper <= f.baseline.rate() + p.min_difference;
}

// Samples missing? Then nothing else may be concluded.
bool lacks_samples(const ErrorRatePolicy& p, const Figures& f, CheckResult& out) {
  if (f.candidate.total <= 0) {
    conclude(out, Verdict::no_data, "no lines of the candidate");
  } else if (f.baseline.total <= 0) {
    conclude(out, Verdict::no_data, "no lines of the baseline");
  } else if (std::min(f.candidate.total, f.baseline.total) < p.min_samples) {
    conclude(out, Verdict::inconclusive,
             fmt::format("{}; {:.0f} lines of each are needed", rates(f), p.min_samples));
  } else {
    return false;
  }
  return true;
}

void judge(const ErrorRatePolicy& p, const Figures& f, CheckResult& out) {
  if (f.candidate.total >= p.min_samples && over_ceiling(p, f)) {
    return conclude(
        out, Verdict::fail,
        fmt::format("{} of {:.0f} lines are errors, the ceiling is {}", percent(f.candidate.rate()),
                    f.candidate.total, percent(*p.max_rate)));
  }
  if (lacks_samples(p, f, out)) return;
  if (worse(p, f)) {
    return conclude(out, Verdict::fail,
                    fmt::format("{}, e-value {:.3g} >= {:.0f}", rates(f), f.e_worse, 1 / p.alpha));
  }
  if (p.max_rate && f.upper > *p.max_rate) {
    return conclude(out, Verdict::inconclusive,
                    fmt::format("{}; a rate of up to {} is possible, the ceiling is {}", rates(f),
                                percent(f.upper), percent(*p.max_rate)));
  }
  if (no_worse(p, f)) return conclude(out, Verdict::pass, rates(f));
  conclude(out, Verdict::inconclusive,
           fmt::format("{}; too few to tell better from worse (rate may be up to {})", rates(f),
                       percent(f.upper)));
}

void write_figures(const ErrorRatePolicy& p, const Figures& f, CheckResult& out) {
  out.value = f.candidate.rate();
  out.threshold = std::max(f.baseline.rate() * p.max_ratio, f.baseline.rate() + p.min_difference);
  if (p.max_rate) out.threshold = std::min(out.threshold, *p.max_rate);
  out.candidate_samples = f.candidate.total;
  out.baseline_samples = f.baseline.total;
  out.figures = {{"candidate_errors", f.candidate.errors},
                 {"baseline_errors", f.baseline.errors},
                 {"baseline_rate", f.baseline.rate()},
                 {"ratio", f.ratio},
                 {"e_value", std::min(f.e_worse, 1e300)},
                 {"e_value_not_worse", std::min(f.e_not_worse, 1e300)},
                 {"rate_upper_bound", f.upper},
                 {"fisher_p", f.fisher_p}};
}

}  // namespace

CheckResult judge_error_rate(const ErrorRatePolicy& policy, const ErrorRateEvidence& evidence) {
  CheckResult out;
  out.name = out.type = "error_rate";
  const Figures figures = compute(policy, evidence.slices);
  judge(policy, figures, out);
  write_figures(policy, figures, out);
  return out;
}

}  // namespace sluice::rules
