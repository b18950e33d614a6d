// The statistics of the gate: exact small-sample tests and the anytime-valid rate-ratio test.
//
// All are pure functions of counts. Background: Ville's inequality makes a mixture of likelihood
// ratios (an e-process) exceed 1/alpha with probability at most alpha under the null at ANY time,
// so a gate may look every few seconds without inflating its false alarms (Lindon & Malek,
// "Anytime-valid inference for multinomial count data", NeurIPS 2022, arXiv 2011.03567).
#pragma once

#include <cstdint>
#include <vector>

namespace sluice::rules {

// Events and errors among them.
struct ArmCounts {
  double total = 0;
  double errors = 0;
  double rate() const { return total > 0 ? errors / total : 0; }
  ArmCounts& operator+=(const ArmCounts& other);
};

// What both arms did in the same stretch of time.
struct RateSlice {
  ArmCounts candidate;
  ArmCounts baseline;
};

// One-sided Fisher exact p-value: probability of at least candidate.errors errors in the candidate
// if errors fell on both arms alike. 1 when an arm is empty.
double fisher_exact_greater(const ArmCounts& candidate, const ArmCounts& baseline);

// One-sided Clopper-Pearson bounds of an error rate: it is at most `upper`, at least `lower`, with
// the given confidence.
double binomial_upper_bound(const ArmCounts& arm, double confidence);
double binomial_lower_bound(const ArmCounts& arm, double confidence);

// e-value against "candidate rate <= null_ratio x baseline rate": given its slice, an error is the
// candidate's with probability p(r) = rho r / (rho r + 1 - rho), rho the candidate's share of the
// events. Averaged over ratios 1.25 .. 50 times the null. Slices with an empty arm say nothing.
// `dispersion` (>= 1, variance over mean of error counts) weakens evidence from bursts.
double e_value_worse(const std::vector<RateSlice>& slices, double null_ratio, double dispersion);
// e-value against "candidate rate >= null_ratio x baseline rate": evidence of being no worse.
double e_value_not_worse(const std::vector<RateSlice>& slices, double null_ratio,
                         double dispersion);

}  // namespace sluice::rules
