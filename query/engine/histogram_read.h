// What can be read off a native histogram: buckets with their bounds, quantiles, fractions, spread.
//
// Inside a bucket observations are assumed to spread so that interpolation is exponential; in the
// zero bucket and in custom buckets it is linear. (Prometheus documentation, histogram_quantile.)
#pragma once

#include <string>
#include <vector>

#include "base/types/histogram.h"

namespace sluice::query {

struct HistogramBar {
  double lower = 0;
  double upper = 0;
  double count = 0;
  bool lower_inclusive() const { return lower < 0; }
  bool upper_inclusive() const { return upper > 0; }
};
// Buckets with observations, from the least bound to the greatest, the zero bucket between.
std::vector<HistogramBar> bars_of(const NativeHistogram& histogram);

// The φ-quantile. NaN without observations, or where only NaN was observed.
double histogram_quantile_of(double phi, const NativeHistogram& histogram);
// The share of observations between the bounds; observations of NaN lie between none.
double histogram_fraction_of(double lower, double upper, const NativeHistogram& histogram);
// The variance, each observation taken at the middle of its bucket.
double histogram_variance_of(const NativeHistogram& histogram);

// {count:4, sum:5, (1,2]:4}: as count_values and logs print it.
std::string to_string(const NativeHistogram& histogram);

}  // namespace sluice::query
