// CompactionWatch: which families RocksDB failed to compact.
//
// RocksDB would refuse all writes after it, and after the next start as soon as it compacts the
// same file again. Yet a compaction that fails has changed nothing: unless the disk is full, it is
// not taken for an error (rocks_listener.h). RocksDB may try again until Database::tick() has
// looked here; from then until the next start it does not compact the family of its own accord.
// Safe from any thread.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace sluice::storage {

class CompactionWatch {
 public:
  struct Failure {
    std::string family;
    std::string message;
    bool damage = false;  // else it could not be read or written
  };

  void add(Failure failure) {
    const std::lock_guard lock(mutex_);
    if (failures_.size() < max_failures) failures_.push_back(std::move(failure));
  }
  // Those since the last call.
  std::vector<Failure> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(failures_, {});
  }

 private:
  static constexpr std::size_t max_failures = 100;
  std::mutex mutex_;
  std::vector<Failure> failures_;  // protected by mutex_
};

}  // namespace sluice::storage
