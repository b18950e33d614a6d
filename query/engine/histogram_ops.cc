#include "query/engine/histogram_ops.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace sluice::query {

namespace {

template <class Combine>
HistogramBuckets merge_buckets(const HistogramBuckets& a, const HistogramBuckets& b,
                               Combine combine) {
  HistogramBuckets merged;
  merged.reserve(a.size() + b.size());
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->index < right->index)) {
      merged.push_back({left->index, combine(left->count, 0.0)});
      ++left;
    } else if (left == a.end() || right->index < left->index) {
      merged.push_back({right->index, combine(0.0, right->count)});
      ++right;
    } else {
      merged.push_back({left->index, combine(left->count, right->count)});
      ++left;
      ++right;
    }
  }
  return merged;
}

// The bucket of a lower resolution that holds bucket `index`.
std::int32_t coarser(std::int32_t index, std::int32_t steps) {
  return ((index - 1) >> steps) + 1;
}

HistogramBuckets coarsen(const HistogramBuckets& buckets, std::int32_t steps) {
  HistogramBuckets coarse;
  for (const HistogramBucket& bucket : buckets) {
    const std::int32_t index = coarser(bucket.index, steps);
    if (!coarse.empty() && coarse.back().index == index)
      coarse.back().count += bucket.count;
    else
      coarse.push_back({index, bucket.count});
  }
  return coarse;
}

// Counts what a zero bucket up to `threshold` would take from one side. If the threshold falls into
// a bucket with observations, it is widened to that bucket's end and true is returned.
bool take_into_zero(const NativeHistogram& histogram, const HistogramBuckets& side,
                    double& threshold, double& taken) {
  for (const HistogramBucket& bucket : side) {
    if (histogram.lower_bound(bucket.index) >= threshold) return false;
    taken += bucket.count;
    if (histogram.upper_bound(bucket.index) <= threshold || bucket.count == 0) continue;
    threshold = histogram.upper_bound(bucket.index);
    return true;
  }
  return false;
}

struct ZeroBucket {
  double threshold = 0;
  double count = 0;
};

// The zero bucket widened to at least `threshold`.
ZeroBucket widened_zero(const NativeHistogram& histogram, double threshold) {
  if (threshold <= histogram.zero_threshold)
    return {histogram.zero_threshold, histogram.zero_count};
  while (true) {
    double taken = histogram.zero_count;
    const double before = threshold;
    take_into_zero(histogram, histogram.positive, threshold, taken);
    if (take_into_zero(histogram, histogram.negative, threshold, taken)) continue;
    if (threshold == before) return {threshold, taken};
  }
}

void drop_below(const NativeHistogram& histogram, HistogramBuckets& side, double threshold) {
  std::erase_if(side, [&](const HistogramBucket& bucket) {
    return histogram.upper_bound(bucket.index) <= threshold;
  });
}

void widen_zero(NativeHistogram& histogram, double threshold) {
  const ZeroBucket zero = widened_zero(histogram, threshold);
  histogram.zero_threshold = zero.threshold;
  histogram.zero_count = zero.count;
  drop_below(histogram, histogram.positive, zero.threshold);
  drop_below(histogram, histogram.negative, zero.threshold);
}

// Until both have the same zero bucket: widening one may step over the other's.
void reconcile_zero(NativeHistogram& a, NativeHistogram& b) {
  while (a.zero_threshold != b.zero_threshold) {
    if (a.zero_threshold > b.zero_threshold) widen_zero(b, a.zero_threshold);
    if (b.zero_threshold > a.zero_threshold) widen_zero(a, b.zero_threshold);
  }
}

std::vector<double> common_bounds(const NativeHistogram& a, const NativeHistogram& b) {
  std::vector<double> common;
  std::set_intersection(a.custom_values.begin(), a.custom_values.end(), b.custom_values.begin(),
                        b.custom_values.end(), std::back_inserter(common));
  return common;
}

// Moves custom buckets to a subset of their bounds.
void use_bounds(NativeHistogram& histogram, const std::vector<double>& bounds) {
  HistogramBuckets moved;
  for (const HistogramBucket& bucket : histogram.positive) {
    const double upper = histogram.upper_bound(bucket.index);
    const auto at = std::lower_bound(bounds.begin(), bounds.end(), upper) - bounds.begin();
    const auto index = static_cast<std::int32_t>(at);
    if (!moved.empty() && moved.back().index == index)
      moved.back().count += bucket.count;
    else
      moved.push_back({index, bucket.count});
  }
  histogram.positive = std::move(moved);
  histogram.custom_values = bounds;
}

// Brings both to one layout; false if there is none.
bool reconcile(NativeHistogram& a, NativeHistogram& b, HistogramNotes& notes) {
  if (a.custom() != b.custom()) return false;
  if (a.custom()) {
    if (a.custom_values == b.custom_values) return true;
    notes.reconciled = true;
    const auto bounds = common_bounds(a, b);
    use_bounds(a, bounds);
    use_bounds(b, bounds);
    return true;
  }
  reconcile_zero(a, b);
  const std::int32_t schema = std::min(a.schema, b.schema);
  reduce_to_schema(a, schema);
  reduce_to_schema(b, schema);
  return true;
}

CounterReset joined_hint(CounterReset a, CounterReset b, HistogramNotes& notes) {
  if (a == b) return a;
  if (a == CounterReset::gauge || b == CounterReset::gauge) return CounterReset::gauge;
  if (a != CounterReset::unknown && b != CounterReset::unknown) notes.collision = true;
  return CounterReset::unknown;
}

template <class Combine>
bool combine(NativeHistogram& into, const NativeHistogram& other, HistogramNotes& notes,
             Combine apply) {
  NativeHistogram right = other;
  if (!reconcile(into, right, notes)) return false;
  into.hint = joined_hint(into.hint, right.hint, notes);
  into.zero_count = apply(into.zero_count, right.zero_count);
  into.count = apply(into.count, right.count);
  into.sum = apply(into.sum, right.sum);
  into.positive = merge_buckets(into.positive, right.positive, apply);
  into.negative = merge_buckets(into.negative, right.negative, apply);
  return true;
}

template <class Change>
void for_all_counts(NativeHistogram& histogram, Change change) {
  histogram.zero_count = change(histogram.zero_count);
  histogram.count = change(histogram.count);
  histogram.sum = change(histogram.sum);
  for (HistogramBucket& bucket : histogram.positive) bucket.count = change(bucket.count);
  for (HistogramBucket& bucket : histogram.negative) bucket.count = change(bucket.count);
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool any_fell(const HistogramBuckets& before, const HistogramBuckets& now) {
  auto at = now.begin();
  for (const HistogramBucket& bucket : before) {
    while (at != now.end() && at->index < bucket.index) ++at;
    const double count = at != now.end() && at->index == bucket.index ? at->count : 0;
    if (count < bucket.count) return true;
  }
  return false;
}

// A finer resolution or a narrower zero bucket can only come from a new start.
bool layout_says_reset(const NativeHistogram& before, const NativeHistogram& now) {
  return before.custom() != now.custom() ||
         (!now.custom() &&
          (now.schema > before.schema || now.zero_threshold < before.zero_threshold));
}

}  // namespace

void reduce_to_schema(NativeHistogram& histogram, std::int32_t schema) {
  if (histogram.custom() || schema >= histogram.schema) return;
  const std::int32_t steps = histogram.schema - schema;
  histogram.positive = coarsen(histogram.positive, steps);
  histogram.negative = coarsen(histogram.negative, steps);
  histogram.schema = schema;
}

bool add_to(NativeHistogram& into, const NativeHistogram& other, HistogramNotes& notes) {
  return combine(into, other, notes, std::plus<>());
}

bool subtract_from(NativeHistogram& into, const NativeHistogram& other, HistogramNotes& notes) {
  if (!combine(into, other, notes, std::minus<>())) return false;
  into.hint = CounterReset::gauge;
  return true;
}

void multiply(NativeHistogram& histogram, double factor) {
  for_all_counts(histogram, [factor](double count) { return count * factor; });
  if (factor < 0) histogram.hint = CounterReset::gauge;
}

void divide(NativeHistogram& histogram, double divisor) {
  for_all_counts(histogram, [divisor](double count) { return count / divisor; });
  if (divisor < 0) histogram.hint = CounterReset::gauge;
  if (divisor != 0) return;
  histogram.positive.clear();
  histogram.negative.clear();
}

void compact(NativeHistogram& histogram) {
  const auto nothing = [](const HistogramBucket& bucket) { return bucket.count == 0; };
  std::erase_if(histogram.positive, nothing);
  std::erase_if(histogram.negative, nothing);
}

bool equal(const NativeHistogram& a, const NativeHistogram& b) {
  NativeHistogram x = a;
  NativeHistogram y = b;
  compact(x);
  compact(y);
  return x.schema == y.schema && same_bits(x.count, y.count) && same_bits(x.sum, y.sum) &&
         x.zero_threshold == y.zero_threshold && same_bits(x.zero_count, y.zero_count) &&
         x.positive == y.positive && x.negative == y.negative &&
         x.custom_values == y.custom_values;
}

bool is_reset(const NativeHistogram& before, const NativeHistogram& now) {
  if (now.hint == CounterReset::reset) return true;
  if (now.hint == CounterReset::not_reset) return false;
  if (now.count < before.count || layout_says_reset(before, now)) return true;
  NativeHistogram old = before;
  NativeHistogram current = now;
  if (now.custom()) {
    HistogramNotes ignored;
    reconcile(old, current, ignored);
    return any_fell(old.positive, current.positive);
  }
  widen_zero(old, now.zero_threshold);
  if (old.zero_threshold != now.zero_threshold || now.zero_count < old.zero_count) return true;
  reduce_to_schema(old, now.schema);
  return any_fell(old.positive, now.positive) || any_fell(old.negative, now.negative);
}

}  // namespace sluice::query
