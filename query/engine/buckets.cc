#include "query/engine/buckets.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::query {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
// Differences up to this, relative, are noise of float addition over many sources.
constexpr double tolerance = 1e-12;

bool nearly_equal(double a, double b) {
  const double difference = std::fabs(a - b);
  const double sum = std::fabs(a) + std::fabs(b);
  constexpr double smallest = std::numeric_limits<double>::min();
  if (a == 0 || b == 0 || sum < smallest) return difference < tolerance * smallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < tolerance;
}

// Buckets of equal bounds become one.
void coalesce(std::vector<Bucket>& buckets) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    if (buckets[i].upper_bound == buckets[kept].upper_bound)
      buckets[kept].count += buckets[i].count;
    else
      buckets[++kept] = buckets[i];
  }
  buckets.resize(kept + 1);
}

void make_monotonic(std::vector<Bucket>& buckets, BucketRepair& repair) {
  double previous = buckets[0].count;
  for (std::size_t i = 1; i < buckets.size(); ++i) {
    double& count = buckets[i].count;
    if (count == previous) continue;
    if (nearly_equal(previous, count)) {
      count = previous;
    } else if (count < previous) {
      count = previous;
      repair.forced = true;
    } else {
      previous = count;
    }
  }
}

// False: nothing can be read from these buckets.
bool prepare(std::vector<Bucket>& buckets, BucketRepair& repair) {
  if (buckets.empty()) return false;
  std::sort(buckets.begin(), buckets.end(),
            [](const Bucket& a, const Bucket& b) { return a.upper_bound < b.upper_bound; });
  if (!(std::isinf(buckets.back().upper_bound) && buckets.back().upper_bound > 0)) return false;
  coalesce(buckets);
  make_monotonic(buckets, repair);
  return buckets.size() >= 2 && buckets.back().count != 0 && !std::isnan(buckets.back().count);
}

// Observations at or below `value`.
double rank_of(double value, const std::vector<Bucket>& buckets) {
  const double first = buckets[0].upper_bound;
  // The lowest bucket begins at zero, or has no beginning if its bound is not positive.
  double lower_bound = first > 0 ? 0 : -std::numeric_limits<double>::infinity();
  double below = 0;
  for (const Bucket& bucket : buckets) {
    if (value <= lower_bound) return below;
    if (value < bucket.upper_bound) {
      if (std::isinf(lower_bound)) return bucket.count;
      if (std::isinf(bucket.upper_bound)) return below;
      const double share = (value - lower_bound) / (bucket.upper_bound - lower_bound);
      return below + (bucket.count - below) * share;
    }
    lower_bound = bucket.upper_bound;
    below = bucket.count;
  }
  return buckets.back().count;
}

}  // namespace

double bucket_quantile(double phi, std::vector<Bucket>& buckets, BucketRepair& repair) {
  if (std::isnan(phi)) return not_a_number;
  if (phi < 0) return -std::numeric_limits<double>::infinity();
  if (phi > 1) return std::numeric_limits<double>::infinity();
  if (!prepare(buckets, repair)) return not_a_number;
  double rank = phi * buckets.back().count;
  const auto found = std::find_if(buckets.begin(), buckets.end() - 1,
                                  [&](const Bucket& bucket) { return bucket.count >= rank; });
  const auto i = static_cast<std::size_t>(found - buckets.begin());
  if (i == buckets.size() - 1) return buckets[i - 1].upper_bound;
  if (i == 0 && buckets[0].upper_bound <= 0) return buckets[0].upper_bound;
  double start = 0;
  double count = buckets[i].count;
  if (i > 0) {
    start = buckets[i - 1].upper_bound;
    count -= buckets[i - 1].count;
    rank -= buckets[i - 1].count;
  }
  return start + (buckets[i].upper_bound - start) * (rank / count);
}

double bucket_fraction(double lower, double upper, std::vector<Bucket>& buckets,
                       BucketRepair& repair) {
  if (!prepare(buckets, repair) || std::isnan(lower) || std::isnan(upper)) return not_a_number;
  if (lower >= upper) return 0;
  return (rank_of(upper, buckets) - rank_of(lower, buckets)) / buckets.back().count;
}

}  // namespace sluice::query
