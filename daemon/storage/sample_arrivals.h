// SampleArrivals: the newest sample that came from outside, per tenant.
//
// Samples written by steps are rules' own output, stamped now whether or not anything arrives; the
// watermark (Freshness) must not see them. Until the first write after opening, what the store
// recovered stands in; it may contain own output of just before the restart. Safe from any thread.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "base/types/time.h"

namespace sluice::storage {

class SampleArrivals {
 public:
  static std::optional<Timestamp> newest_of(const std::vector<SeriesSamples>& series) {
    std::optional<Timestamp> newest;
    for (const auto& one : series) {
      for (const Sample& sample : one.samples) {
        const Timestamp t{std::chrono::milliseconds(sample.timestamp_ms)};
        newest = newest ? std::max(*newest, t) : t;
      }
    }
    return newest;
  }

  // A write from outside is durable; `newest` is newest_of() it.
  void arrived(const TenantId& tenant, std::optional<Timestamp> newest) {
    if (!newest) return;
    const std::lock_guard lock(mutex_);
    auto& known = newest_[tenant];
    known = known ? std::max(*known, *newest) : *newest;
  }

  // Before own samples are stored: from now on the store's newest says nothing about arrivals.
  void before_own(const TenantId& tenant, std::optional<Timestamp> stored) {
    const std::lock_guard lock(mutex_);
    newest_.try_emplace(tenant, stored);
  }

  std::optional<Timestamp> newest(const TenantId& tenant, std::optional<Timestamp> stored) const {
    const std::lock_guard lock(mutex_);
    const auto it = newest_.find(tenant);
    return it != newest_.end() ? it->second : stored;
  }

 private:
  mutable std::mutex mutex_;
  std::map<TenantId, std::optional<Timestamp>> newest_;  // protected by mutex_
};

}  // namespace sluice::storage
