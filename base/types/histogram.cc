#include "base/types/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice {

namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

bool ascending(const HistogramBuckets& buckets) {
  return std::adjacent_find(buckets.begin(), buckets.end(),
                            [](const HistogramBucket& a, const HistogramBucket& b) {
                              return a.index >= b.index;
                            }) == buckets.end();
}

const char* find_custom_problem(const NativeHistogram& histogram) {
  const auto& bounds = histogram.custom_values;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (!std::isfinite(bounds[i])) return "a custom bound is not finite";
    if (i > 0 && bounds[i] <= bounds[i - 1]) return "custom bounds do not ascend";
  }
  if (!histogram.negative.empty() || histogram.zero_count != 0)
    return "custom buckets with negative or zero buckets";
  const auto& buckets = histogram.positive;
  if (buckets.empty()) return nullptr;
  if (buckets.front().index < 0 || static_cast<std::size_t>(buckets.back().index) > bounds.size())
    return "a bucket beyond the custom bounds";
  return nullptr;
}

}  // namespace

double NativeHistogram::upper_bound(std::int32_t index) const {
  if (!custom()) return std::exp2(std::ldexp(static_cast<double>(index), -schema));
  if (index < 0) return -unbounded;
  const auto place = static_cast<std::size_t>(index);
  return place < custom_values.size() ? custom_values[place] : unbounded;
}

double NativeHistogram::lower_bound(std::int32_t index) const { return upper_bound(index - 1); }

double plain_float(double value) {
  return is_histogram(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

std::size_t bytes_of(const NativeHistogram& histogram) {
  return sizeof(NativeHistogram) +
         (histogram.positive.size() + histogram.negative.size()) * sizeof(HistogramBucket) +
         histogram.custom_values.size() * sizeof(double);
}

const char* find_problem(const NativeHistogram& histogram) {
  if (!ascending(histogram.positive) || !ascending(histogram.negative))
    return "buckets do not ascend";
  if (histogram.custom()) return find_custom_problem(histogram);
  if (histogram.schema < NativeHistogram::least_schema ||
      histogram.schema > NativeHistogram::greatest_schema)
    return "unknown schema";
  if (!(histogram.zero_threshold >= 0)) return "the zero threshold is negative";
  return nullptr;
}

}  // namespace sluice
