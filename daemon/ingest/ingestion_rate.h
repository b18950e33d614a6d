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

// Tenants with a bucket of their own; those past it share one. Clients name their tenants.
inline constexpr std::size_t rate_tenants_max = 10'000;

class IngestionRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Takes `size` from the tenant's bucket, or Error(limit_exceeded) in Loki's words and takes
  // nothing.
  Result<void> take(const TenantId& tenant, PushSize size, const Limits& limits, Time now);
  // What was taken was not stored.
  void give_back(const TenantId& tenant, PushSize size, const Limits& limits);
  std::size_t tenants() const;  // that have a bucket

 private:
  struct Bucket {
    double level = 0;  // bytes; below 0: debt
    Time filled{};
  };
  Bucket& bucket_of(const TenantId& tenant, const Limits& limits, Time now);
  void forget_full(const Limits& limits, Time now);

  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::map<TenantId, Bucket> buckets_;  // who is not in it has a full one, or shares the next
  Bucket shared_;
  Time next_sweep_ = Time::min();
};

}  // namespace sluice::ingest
