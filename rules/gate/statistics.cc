#include "rules/gate/statistics.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace sluice::rules {
namespace {

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

// Probability that an error of this slice is the candidate's if its rate is `ratio` times the
// baseline's.
double candidate_share(double rho, double ratio) {
  return rho * ratio / (rho * ratio + 1 - rho);
}

double log_likelihood_ratio(const RateSlice& slice, double ratio, double null_ratio) {
  const double events = slice.candidate.total + slice.baseline.total;
  const double rho = slice.candidate.total / events;
  const double p0 = candidate_share(rho, null_ratio);
  const double p1 = candidate_share(rho, ratio);
  return slice.candidate.errors * std::log(p1 / p0) +
         slice.baseline.errors * std::log((1 - p1) / (1 - p0));
}

// The mean of exp(x), without overflow on the way.
double mean_exp(const std::vector<double>& logs) {
  const double top = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (double x : logs) sum += std::exp(x - top);
  return std::exp(top) * (sum / static_cast<double>(logs.size()));
}

double e_value(const std::vector<RateSlice>& slices, double null_ratio, double dispersion,
               bool worse) {
  std::vector<double> logs;
  for (double factor : {1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0}) {
    const double ratio = worse ? null_ratio * factor : null_ratio / factor;
    double sum = 0;
    for (const auto& slice : slices) {
      if (slice.candidate.total <= 0 || slice.baseline.total <= 0) continue;
      sum += log_likelihood_ratio(slice, ratio, null_ratio);
    }
    logs.push_back(sum / std::max(1.0, dispersion));
  }
  return mean_exp(logs);
}

}  // namespace

ArmCounts& ArmCounts::operator+=(const ArmCounts& other) {
  total += other.total;
  errors += other.errors;
  return *this;
}

double fisher_exact_greater(const ArmCounts& candidate, const ArmCounts& baseline) {
  if (candidate.total <= 0 || baseline.total <= 0) return 1;
  const double all = candidate.total + baseline.total;
  const double errors = candidate.errors + baseline.errors;
  const double denominator = log_choose(all, errors);
  double p = 0;
  for (double k = candidate.errors; k <= std::min(errors, candidate.total); ++k) {
    if (errors - k > baseline.total) continue;
    const double term = std::exp(log_choose(candidate.total, k) +
                                 log_choose(baseline.total, errors - k) - denominator);
    p += term;
    // Past the mode the terms only fall; what is left adds nothing.
    if (term < 1e-18 && k > errors * candidate.total / all) break;
  }
  return std::min(1.0, p);
}

double binomial_upper_bound(const ArmCounts& arm, double confidence) {
  if (arm.total <= 0 || arm.errors >= arm.total) return 1;
  return boost::math::ibeta_inv(arm.errors + 1, arm.total - arm.errors, confidence);
}

double binomial_lower_bound(const ArmCounts& arm, double confidence) {
  if (arm.total <= 0 || arm.errors <= 0) return 0;
  if (arm.errors >= arm.total) return std::pow(1 - confidence, 1 / arm.total);
  return boost::math::ibeta_inv(arm.errors, arm.total - arm.errors + 1, 1 - confidence);
}

double e_value_worse(const std::vector<RateSlice>& slices, double null_ratio, double dispersion) {
  return e_value(slices, null_ratio, dispersion, true);
}

double e_value_not_worse(const std::vector<RateSlice>& slices, double null_ratio,
                         double dispersion) {
  return e_value(slices, null_ratio, dispersion, false);
}

}  // namespace sluice::rules
