// BestHits: the newest (or oldest) `limit` lines of a log query, as far as one of its threads has
// seen. Of equal timestamps the line of the earlier unit is better, then the one seen first; so the
// best of all threads together are the same whoever reads what.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "query/source.h"

namespace sluice::query {

struct Hit {
  Timestamp timestamp;
  std::uint64_t unit = 0;
  std::uint64_t order = 0;  // of arrival, within the unit
  std::size_t group = 0;
  std::string line;
};

inline bool is_better(const Hit& a, const Hit& b, Direction direction) {
  if (a.timestamp != b.timestamp)
    return direction == Direction::backward ? a.timestamp > b.timestamp : a.timestamp < b.timestamp;
  return a.unit != b.unit ? a.unit < b.unit : a.order < b.order;
}

// What the threads of a query tell each other: a timestamp that `limit` lines reach already.
class SharedBound {
 public:
  explicit SharedBound(Direction direction)
      : direction_(direction),
        ns_(direction == Direction::backward ? std::numeric_limits<std::int64_t>::min()
                                             : std::numeric_limits<std::int64_t>::max()) {}

  void offer(Timestamp worst) {
    const std::int64_t ns = unix_ns(worst);
    std::int64_t known = ns_.load(std::memory_order_relaxed);
    while ((direction_ == Direction::backward ? ns > known : ns < known) &&
           !ns_.compare_exchange_weak(known, ns, std::memory_order_relaxed)) {
    }
  }
  // Whether a line of this time may be among the best. At the bound itself it may: its unit may be
  // an earlier one.
  bool admits(Timestamp t) const {
    const std::int64_t known = ns_.load(std::memory_order_relaxed);
    return direction_ == Direction::backward ? unix_ns(t) >= known : unix_ns(t) <= known;
  }
  // The part of a range whose times it admits.
  TimeRange open_range(TimeRange range) const {
    const Timestamp known = from_unix_ns(ns_.load(std::memory_order_relaxed));
    if (direction_ == Direction::backward)
      range.start = std::max(range.start, known);
    else if (known < range.end)
      range.end = known + Duration{1};
    return range;
  }

 private:
  const Direction direction_;
  std::atomic<std::int64_t> ns_;
};

class BestHits {
 public:
  BestHits(std::size_t limit, Direction direction, SharedBound& bound)
      : limit_(limit), direction_(direction), bound_(bound) {}

  bool full() const { return hits_.size() == limit_; }
  Timestamp worst() const { return hits_.front().timestamp; }
  // Whether a hit of this time, in the unit at hand or a later one, may enter.
  bool admits(Timestamp t) const {
    if (!bound_.admits(t)) return false;
    if (!full()) return true;
    return direction_ == Direction::backward ? t > worst() : t < worst();
  }
  // What was pushed out, if anything.
  std::optional<Hit> add(Hit hit);
  // The part of `range` from which hits can still enter.
  TimeRange open_range(TimeRange range) const;
  std::vector<Hit> take() { return std::move(hits_); }

 private:
  std::size_t limit_;
  Direction direction_;
  SharedBound& bound_;
  std::vector<Hit> hits_;  // a heap, the worst on top
};

}  // namespace sluice::query
