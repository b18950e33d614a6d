// PartTally: which stored parts a query considered. Each slice of its time looks at all of them
// anew, and a part counts once. Safe from any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace sluice::query {

class PartTally {
 public:
  void add(std::uint64_t part, bool in_time) {
    const std::lock_guard lock(mutex_);
    in_time_[part] |= in_time;
  }
  std::uint64_t considered() const {
    const std::lock_guard lock(mutex_);
    return in_time_.size();
  }
  // None of the query's slices overlaps them.
  std::uint64_t skipped_by_time() const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::uint64_t>(std::count_if(in_time_.begin(), in_time_.end(),
                                                    [](const auto& part) { return !part.second; }));
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, bool> in_time_;  // protected by mutex_
};

}  // namespace sluice::query
