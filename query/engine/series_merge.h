// SeriesMerge: puts the series that the threads of a query make together.
//
// Counts are whole numbers: however they are added up, the sum is the same, so each thread adds all
// of its units up and the threads are merged at the end. Sums of other numbers and all that looks
// at single samples depend on the order. There each unit makes series of its own, merged in the
// order of the units. Thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "query/engine/log_series.h"

namespace sluice::query {

class SeriesMerge {
 public:
  SeriesMerge(bool in_order, LogSeries& total) : in_order_(in_order), total_(total) {}

  bool in_order() const { return in_order_; }
  // What a unit comes to; each unit once, from 0 on. Null: nothing.
  Result<void> add(std::size_t unit, std::unique_ptr<LogSeries> series);

 private:
  const bool in_order_;
  std::mutex mutex_;
  // Protected by mutex_:
  LogSeries& total_;
  std::size_t next_ = 0;  // unit
  std::map<std::size_t, std::unique_ptr<LogSeries>> waiting_;
};

// Whether the order of adding tells in what the aggregation comes to.
bool order_tells(const LogRangeAggregation& aggregation, const LogFunction& function);

}  // namespace sluice::query
