// UnitQueue: hands the units of a scan out to the threads of a query, in order, and knows how far
// they are. Thread-safe.
//
// No thread runs far ahead of the slowest: what finished units leave waits to be taken in order
// (log_merge), and that is bounded. After an error only units before it go on, so that the error a
// query ends with is that of its first unit that has one, whoever reads it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

#include "base/types/result.h"

namespace sluice::query {

class UnitQueue {
 public:
  // At most `ahead` units, at least one, are between the first unfinished one and one handed out.
  UnitQueue(std::size_t units, std::size_t ahead) : done_(units), ahead_(ahead) {}

  // The next unit; nullopt: there is none, or none that matters. Waits while it is too far ahead.
  std::optional<std::size_t> claim();
  void finish(std::size_t unit);
  void fail(std::size_t unit, Error error);
  // Whether the unit does not matter any more.
  bool given_up(std::size_t unit) const;
  // After all threads came to their end: the first error by unit.
  Result<void> outcome() const;

 private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  // Protected by mutex_:
  std::vector<char> done_;
  std::size_t next_ = 0;
  std::size_t first_open_ = 0;  // all units before are done
  std::size_t failed_ = none;
  Error error_;
  const std::size_t ahead_;
};

}  // namespace sluice::query
