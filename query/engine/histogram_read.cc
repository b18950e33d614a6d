#include "query/engine/histogram_read.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/codec/json_writer.h"
#include "query/engine/numeric.h"

namespace sluice::query {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

// Where interpolation begins and ends: a zero bucket beside observations of one sign reaches from
// or to zero, a custom bucket without a lower end begins at zero if it can.
HistogramBar bounded(HistogramBar bar, const NativeHistogram& histogram) {
  if (histogram.custom()) {
    if (std::isinf(bar.lower) && bar.upper > 0) bar.lower = 0;
    return bar;
  }
  if (bar.lower < 0 && bar.upper > 0) {
    if (histogram.negative.empty() && !histogram.positive.empty()) bar.lower = 0;
    if (histogram.positive.empty() && !histogram.negative.empty()) bar.upper = 0;
  }
  return bar;
}

bool linear(const HistogramBar& bar, const NativeHistogram& histogram) {
  return histogram.custom() || (bar.lower <= 0 && bar.upper >= 0);
}

// The value below which the share of the bar's observations lies.
double value_at(const HistogramBar& bar, double share, const NativeHistogram& histogram) {
  if (linear(bar, histogram)) return bar.lower + (bar.upper - bar.lower) * share;
  const double lower = std::log2(std::fabs(bar.lower));
  const double upper = std::log2(std::fabs(bar.upper));
  if (bar.lower > 0) return std::exp2(lower + (upper - lower) * share);
  return -std::exp2(upper + (lower - upper) * (1 - share));
}

// The inverse: the share of the bar's observations that lies below a value inside it.
double share_below(const HistogramBar& bar, double value, const NativeHistogram& histogram) {
  if (linear(bar, histogram)) {
    if (std::isinf(bar.lower)) return 1;
    if (std::isinf(bar.upper)) return 0;
    return (value - bar.lower) / (bar.upper - bar.lower);
  }
  const double lower = std::log2(std::fabs(bar.lower));
  const double upper = std::log2(std::fabs(bar.upper));
  const double at = std::log2(std::fabs(value));
  if (value > 0) return (at - lower) / (upper - lower);
  return 1 - (at - upper) / (lower - upper);
}

double rank_below(double value, const std::vector<HistogramBar>& bars,
                  const NativeHistogram& histogram) {
  double rank = 0;
  for (const HistogramBar& bar : bars) {
    const HistogramBar inside = bounded(bar, histogram);
    if (inside.lower >= value) return rank;
    if (inside.upper > value) return rank + bar.count * share_below(inside, value, histogram);
    rank += bar.count;
  }
  // Past all bars; observations of NaN are in none.
  return std::isnan(histogram.sum) ? rank : histogram.count;
}

struct Found {
  HistogramBar bar;
  double count = 0;  // of the bars up to and with this one
};

template <class Iterator>
Found find_rank(Iterator begin, Iterator end, double rank) {
  Found found;
  for (; begin != end; ++begin) {
    found.bar = *begin;
    found.count += begin->count;
    if (found.count >= rank) break;
  }
  return found;
}

double middle(const HistogramBar& bar, const NativeHistogram& histogram) {
  // Of a bucket without an end infinity, as Prometheus has it.
  if (histogram.custom()) return (bar.lower + bar.upper) / 2;
  if (bar.lower <= 0 && bar.upper >= 0) return 0;
  const double geometric = std::sqrt(bar.lower * bar.upper);
  return bar.upper < 0 ? -geometric : geometric;
}

}  // namespace

std::vector<HistogramBar> bars_of(const NativeHistogram& histogram) {
  std::vector<HistogramBar> bars;
  for (auto it = histogram.negative.rbegin(); it != histogram.negative.rend(); ++it)
    if (it->count != 0)
      bars.push_back(
          {-histogram.upper_bound(it->index), -histogram.lower_bound(it->index), it->count});
  if (histogram.zero_count != 0)
    bars.push_back({-histogram.zero_threshold, histogram.zero_threshold, histogram.zero_count});
  for (const HistogramBucket& bucket : histogram.positive)
    if (bucket.count != 0)
      bars.push_back({histogram.lower_bound(bucket.index), histogram.upper_bound(bucket.index),
                      bucket.count});
  return bars;
}

double histogram_quantile_of(double phi, const NativeHistogram& histogram) {
  if (phi < 0) return -infinite;
  if (phi > 1) return infinite;
  if (histogram.count == 0 || std::isnan(phi)) return undefined;
  const auto bars = bars_of(histogram);
  if (bars.empty()) return undefined;
  // From the nearer end, which is the more exact one; observations of NaN count as above all.
  const bool upwards = std::isnan(histogram.sum) || phi < 0.5;
  const double rank = (upwards ? phi : 1 - phi) * histogram.count;
  const Found found = upwards ? find_rank(bars.begin(), bars.end(), rank)
                              : find_rank(bars.rbegin(), bars.rend(), rank);
  const HistogramBar bar = bounded(found.bar, histogram);
  const double count = std::min(found.count, histogram.count);
  if (count < rank) return std::isnan(histogram.sum) ? undefined : bar.upper;
  if (histogram.custom()) {
    if (std::isinf(bar.lower)) return bar.upper;
    if (std::isinf(bar.upper)) return bar.lower;
  }
  const double inside = upwards ? rank - (count - bar.count) : count - rank;
  return value_at(bar, inside / bar.count, histogram);
}

double histogram_fraction_of(double lower, double upper, const NativeHistogram& histogram) {
  if (histogram.count == 0 || std::isnan(lower) || std::isnan(upper)) return undefined;
  if (lower >= upper) return 0;
  const auto bars = bars_of(histogram);
  return (rank_below(upper, bars, histogram) - rank_below(lower, bars, histogram)) /
         histogram.count;
}

double histogram_variance_of(const NativeHistogram& histogram) {
  const double mean = histogram.sum / histogram.count;
  KahanSum squares;
  for (const HistogramBar& bar : bars_of(histogram)) {
    const double distance = middle(bar, histogram) - mean;
    squares.add(bar.count * distance * distance);
  }
  return squares.value() / histogram.count;
}

std::string to_string(const NativeHistogram& histogram) {
  std::string out = "{count:" + format_sample_value(histogram.count) +
                    ", sum:" + format_sample_value(histogram.sum);
  for (const HistogramBar& bar : bars_of(histogram)) {
    out += bar.lower_inclusive() ? ", [" : ", (";
    out += format_sample_value(bar.lower) + "," + format_sample_value(bar.upper);
    out += bar.upper_inclusive() ? "]:" : "):";
    out += format_sample_value(bar.count);
  }
  return out + "}";
}

}  // namespace sluice::query
