// IngestionRate: how much each tenant may push (Loki's ingestion_rate and ingestion_burst). Safe
// from any thread; time comes from the caller.
#pragma once

#include <mutex>
#include <string>

#include "base/types/ids.h"
#include "base/types/limits.h"
#include "base/types/result.h"
#include "daemon/ingest/token_buckets.h"

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
  mutable std::mutex mutex_;
  TokenBuckets<std::string> buckets_{rate_tenants_max, 1024};  // protected by mutex_
};

}  // namespace sluice::ingest
