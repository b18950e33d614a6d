// Windows: aggregates of samples over the overlapping windows of a range query, in one pass.
//
// The windows (t - range, t] of neighbouring steps share most of their samples. Time is cut where a
// window begins or ends; all samples of one piece belong to the same windows, so a series keeps one
// Aggregate per piece it has samples in (few, whatever the number of lines) and combines pieces per
// window at the end. Combining uses two stacks, so each piece is merged O(1) times and nothing is
// ever subtracted: no drift, and NaN or Inf leave with their window.
//
//   steps        |     |     |          range = 2.5 steps
//   windows   (-----------]
//                 (-----------]
//   pieces    ( a )( b )( c)( d)...
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "query/engine/grid.h"
#include "query/engine/numeric.h"

namespace sluice::query {

// The windows one sample falls into: steps [first, last].
struct WindowSpan {
  std::size_t first = 0;
  std::size_t last = 0;
  friend bool operator==(const WindowSpan&, const WindowSpan&) = default;
};

class WindowPlan {
 public:
  WindowPlan(const StepGrid& grid, Duration range, Duration offset);
  // nullopt: no window has it (it lies in a gap, before or after).
  std::optional<WindowSpan> span_of(Timestamp t) const;
  // The span of t, and the last time up to which it stays the same.
  struct Stretch {
    std::optional<WindowSpan> span;
    Timestamp last;
  };
  Stretch stretch_at(Timestamp t) const;
  // Windows begin and end at multiples of this.
  Duration interval() const;
  // All samples any window can have.
  TimeRange samples() const;
  std::size_t steps() const { return steps_; }

 private:
  std::int64_t start_ns_;  // end of the first window, in the samples' time
  std::int64_t step_ns_;
  std::int64_t range_ns_;
  std::size_t steps_;
};

// What all functions need to know of the samples of a piece of time.
struct Aggregate {
  double count = 0;
  KahanSum sum;  // so that it does not depend on the order in which values are read
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
  double mean = 0;
  double m2 = 0;  // sum of squared distances from the mean (Welford; Chan et al. to combine)
  Timestamp first_time = Timestamp::max();
  Timestamp last_time = Timestamp::min();
  double first = 0;
  double last = 0;

  void add(Timestamp t, double value);
  // For functions that ask for no more than count and sum.
  void add_total(double entries, double values) {
    count += entries;
    sum.add(values);
  }
  void merge(const Aggregate& other);  // `other`'s samples came after, where timestamps are equal
};

// One series: its pieces, in order.
class WindowSeries {
 public:
  // The aggregate of the samples of a piece of time; `fresh` tells whether it is a new one that
  // takes more memory, as all but the first do. Valid until the next call.
  Aggregate& piece(WindowSpan span, bool& fresh);
  // Adds what came later, where timestamps are equal. Returns how many aggregates are new and take
  // more memory.
  std::size_t merge(const WindowSeries& other);
  // Calls at_step(step, aggregate) for every step whose window has samples.
  void evaluate(const std::function<void(std::size_t, const Aggregate&)>& at_step) const;

  struct Piece {
    WindowSpan span;
    Aggregate aggregate;
  };

 private:
  Aggregate& other_piece(WindowSpan span, bool& fresh);
  std::size_t size() const { return (used_ ? 1 : 0) + rest_.size(); }
  const Piece& at(std::size_t i) const { return i == 0 ? first_ : rest_[i - 1]; }

  // By span. Most series of an instant query have but one, and there may be many series.
  bool used_ = false;
  Piece first_;
  std::vector<Piece> rest_;
};

}  // namespace sluice::query
