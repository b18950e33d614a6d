// PushListeners: who is told of committed pushes. Calls happen on the committing thread under a
// shared lock, so unlisten() returns only when no call to that listener is running.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>

#include "daemon/storage/store.h"

namespace sluice::storage {

class PushListeners {
 public:
  std::uint64_t add(PushListener listener) {
    const std::unique_lock lock(mutex_);
    listeners_.emplace(++last_, std::move(listener));
    return last_;
  }
  void remove(std::uint64_t handle) {
    const std::unique_lock lock(mutex_);
    listeners_.erase(handle);
  }
  void tell(const TenantId& tenant, const std::vector<PushStream>& streams) const {
    const std::shared_lock lock(mutex_);
    for (const auto& [handle, listener] : listeners_) listener(tenant, streams);
  }

 private:
  mutable std::shared_mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, PushListener> listeners_;
};

}  // namespace sluice::storage
