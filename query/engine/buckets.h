// Classic histograms: cumulative buckets as Prometheus exposes them, and what can be read off them.
#pragma once

#include <string>
#include <vector>

namespace sluice::query {

struct Bucket {
  double upper_bound = 0;  // the label `le`
  double count = 0;        // observations at or below it
};

// What had to be mended before reading: counts that fell although buckets are cumulative.
struct BucketRepair {
  bool forced = false;
};

// The φ-quantile, assuming observations spread evenly inside a bucket. Sorts and mends `buckets`.
// NaN without a +Inf bucket, with fewer than two buckets or without observations.
double bucket_quantile(double phi, std::vector<Bucket>& buckets, BucketRepair& repair);

// The share of observations between lower and upper, on the same assumption.
double bucket_fraction(double lower, double upper, std::vector<Bucket>& buckets,
                       BucketRepair& repair);

}  // namespace sluice::query
