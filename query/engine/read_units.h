// read_units: reads the units of a scan, by the query's own thread and, as far as they are idle, by
// threads of the pool that the query's limits name.
//
// A unit is read by one thread, and the threads take them in order; what they make of units is put
// together by the takers, in an order that does not depend on who read what. So a query's result is
// the same whatever the number of threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "query/source.h"

namespace sluice::query {

// What becomes of units; one per thread.
class UnitTaker {
 public:
  virtual ~UnitTaker() = default;
  virtual Result<void> start(std::size_t unit) = 0;
  virtual Result<void> take(const LogBatch& batch) = 0;
  // All of the unit's batches have been taken.
  virtual Result<void> finish(std::size_t unit) = 0;
  // What still matters; nullopt: everything does.
  virtual std::optional<TimeRange> open_range() { return std::nullopt; }
};

// Makes the taker of a thread. Called by one thread at a time.
using MakeTaker = std::function<Result<std::unique_ptr<UnitTaker>>()>;

using UnitTakers = std::vector<std::unique_ptr<UnitTaker>>;

// Returns when all units are read, or an error ended it; that is the one of the first unit that has
// any. `takers` then holds those that were made, in no order. Checks the context between batches.
Result<void> read_units(LogScan& scan, const MakeTaker& make, QueryContext& context,
                        UnitTakers& takers);

}  // namespace sluice::query
