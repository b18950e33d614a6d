// IngestionRate: how much each tenant may push, as a bucket that fills by the second (Loki's
// ingestion_rate and ingestion_burst). Safe from any thread; time comes from the caller.
//
// A push that is larger than the whole bucket passes when the bucket is full and leaves it in debt:
// refused for ever it would only be lost.
#pragma once

#include <chrono>
#include <map>
#include <mutex>

#include "base/types/ids.h"
#include "base/types/limits.h"
#include "base/types/result.h"

namespace sluice::ingest {

struct PushSize {
  std::size_t lines = 0;
  std::size_t bytes = 0;
};

class IngestionRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Takes `size` from the tenant's bucket, or Error(limit_exceeded) in Loki's words and takes
  // nothing.
  Result<void> take(const TenantId& tenant, PushSize size, const Limits& limits, Time now);
  std::size_t tenants() const;  // whose bucket is not full

 private:
  struct Bucket {
    double level = 0;  // bytes; below 0: debt
    Time filled{};
  };
  void forget_full(const Limits& limits, Time now);

  mutable std::mutex mutex_;
  std::map<TenantId, Bucket> buckets_;  // protected by mutex_; who is not in it has a full one
};

}  // namespace sluice::ingest
