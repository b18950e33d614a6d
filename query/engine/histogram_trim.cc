// The operators </ and >/: native histograms without the observations beyond a threshold.
#include <cmath>
#include <limits>

#include "query/engine/histogram_ops.h"
#include "query/engine/numeric.h"

namespace sluice::query {

namespace {

constexpr double limitless = std::numeric_limits<double>::infinity();

// What a bucket covers, and whether its observations are taken to lie evenly in it.
struct Cover {
  double lower = 0;
  double upper = 0;
  bool even = true;
};

// What stays of a bucket: how much, and the value all of it is taken to have.
struct Kept {
  double count = 0;
  double value = 0;
};

double middle(const Cover& cover) {
  if (cover.even) return (cover.lower + cover.upper) / 2;
  const double geometric = std::sqrt(cover.lower * cover.upper);
  return cover.upper < 0 || cover.lower < 0 ? -geometric : geometric;
}

double share_below(const Cover& cover, double value) {
  if (cover.even) return (value - cover.lower) / (cover.upper - cover.lower);
  const double lower = std::log2(std::fabs(cover.lower));
  const double upper = std::log2(std::fabs(cover.upper));
  return (std::log2(std::fabs(value)) - lower) / (upper - lower);
}

class Trimmer {
 public:
  Trimmer(const NativeHistogram& from, double threshold, Trim trim)
      : from_(from), threshold_(threshold), upper_(trim == Trim::upper) {}

  NativeHistogram run() {
    if (threshold_ == (upper_ ? limitless : -limitless)) return from_;
    NativeHistogram result = from_;
    trim_side(result.negative, true);
    trim_side(result.positive, false);
    result.zero_count =
        take(from_.custom() ? Kept{} : keep(zero_cover(), from_.zero_count), from_.zero_count);
    if (!removed_) return from_;
    result.count = count_.value();
    result.sum = sum_.value();
    return result;
  }

 private:
  void trim_side(HistogramBuckets& side, bool negative) {
    for (HistogramBucket& bucket : side) {
      const double lower = from_.lower_bound(bucket.index);
      const double upper = from_.upper_bound(bucket.index);
      const Cover cover =
          negative ? Cover{-upper, -lower, false} : Cover{lower, upper, from_.custom()};
      bucket.count =
          take(from_.custom() ? keep_custom(cover, bucket.count) : keep(cover, bucket.count),
               bucket.count);
    }
  }

  // Adds to the totals; the count that stays.
  double take(const Kept& kept, double before) {
    if (kept.count != before) removed_ = true;
    count_.add(kept.count);
    if (kept.count != 0) sum_.add(kept.count * kept.value);
    return kept.count;
  }

  // Beside observations of one sign the zero bucket holds no others.
  Cover zero_cover() const {
    const double width = from_.zero_threshold;
    if (from_.negative.empty() && !from_.positive.empty()) return {0, width};
    if (from_.positive.empty() && !from_.negative.empty()) return {-width, 0};
    return {-width, width};
  }

  bool keeps_nothing() const {
    return std::isnan(threshold_) || threshold_ == (upper_ ? -limitless : limitless);
  }

  Kept keep(const Cover& cover, double count) const {
    if (keeps_nothing()) return {};
    const bool whole = upper_ ? cover.upper <= threshold_ : cover.lower >= threshold_;
    if (whole) return {count, middle(cover)};
    const bool gone = upper_ ? cover.lower >= threshold_ : cover.upper <= threshold_;
    if (gone) return {};
    const double below = share_below(cover, threshold_);
    if (upper_) return {count * below, middle({cover.lower, threshold_, cover.even})};
    return {count * (1 - below), middle({threshold_, cover.upper, cover.even})};
  }

  // The first and the last custom bucket have one end at most.
  Kept keep_custom(Cover cover, double count) const {
    if (keeps_nothing()) return {};
    const bool open_below = std::isinf(cover.lower);
    const bool open_above = std::isinf(cover.upper);
    if (open_below && open_above) return {};
    if (open_above) return upper_ ? Kept{} : Kept{count, std::fmax(cover.lower, threshold_)};
    if (open_below && cover.upper <= 0)
      return upper_ ? Kept{count, std::fmin(cover.upper, threshold_)} : Kept{};
    // It is taken to begin at zero; of what lies below nothing is known.
    if (open_below) {
      if (!upper_ && threshold_ < 0) return {};
      cover.lower = 0;
    }
    return keep(cover, count);
  }

  const NativeHistogram& from_;
  const double threshold_;
  const bool upper_;
  bool removed_ = false;
  KahanSum count_;
  KahanSum sum_;
};

}  // namespace

NativeHistogram trimmed(const NativeHistogram& histogram, double threshold, Trim trim) {
  return Trimmer(histogram, threshold, trim).run();
}

}  // namespace sluice::query
