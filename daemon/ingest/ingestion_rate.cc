#include "daemon/ingest/ingestion_rate.h"

#include <algorithm>

namespace sluice::ingest {

namespace {

// Past it, buckets that are full again are dropped when a tenant comes that has none; not more
// often than this, since all of them are looked at.
constexpr std::size_t buckets_kept = 1024;
constexpr std::chrono::seconds sweep_interval{1};

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

Error refusal(const TenantId& tenant, PushSize size, const Limits& limits) {
  return {ErrorCode::limit_exceeded,
          "Ingestion rate limit exceeded for user " + tenant.value +
              " (limit: " + std::to_string(limits.ingestion_rate_bytes) +
              " bytes/sec) while attempting to ingest '" + std::to_string(size.lines) +
              "' lines totaling '" + std::to_string(size.bytes) +
              "' bytes, reduce log volume or contact your Loki administrator to see if the limit "
              "can be increased"};
}

}  // namespace

Result<void> IngestionRate::take(const TenantId& tenant, PushSize size, const Limits& limits,
                                 Time now) {
  if (limits.ingestion_rate_bytes == 0) return {};
  const auto burst = static_cast<double>(limits.ingestion_burst_bytes);
  const auto wanted = static_cast<double>(size.bytes);
  const std::lock_guard lock(mutex_);
  Bucket& bucket = bucket_of(tenant, limits, now);
  const double filled =
      seconds(now - bucket.filled) * static_cast<double>(limits.ingestion_rate_bytes);
  bucket.level = std::min(burst, bucket.level + filled);
  bucket.filled = now;
  if (bucket.level < std::min(wanted, burst)) return refusal(tenant, size, limits);
  bucket.level -= wanted;
  return {};
}

void IngestionRate::give_back(const TenantId& tenant, PushSize size, const Limits& limits) {
  if (limits.ingestion_rate_bytes == 0) return;
  const std::lock_guard lock(mutex_);
  const auto at = buckets_.find(tenant);
  Bucket& bucket = at == buckets_.end() ? shared_ : at->second;
  bucket.level = std::min(static_cast<double>(limits.ingestion_burst_bytes),
                          bucket.level + static_cast<double>(size.bytes));
}

IngestionRate::Bucket& IngestionRate::bucket_of(const TenantId& tenant, const Limits& limits,
                                                Time now) {
  const auto at = buckets_.find(tenant);
  if (at != buckets_.end()) return at->second;
  if (buckets_.size() >= buckets_kept && now >= next_sweep_) forget_full(limits, now);
  if (buckets_.size() >= rate_tenants_max) return shared_;
  const auto burst = static_cast<double>(limits.ingestion_burst_bytes);
  return buckets_.emplace(tenant, Bucket{burst, now}).first->second;
}

// By the limits of who asks: a bucket dropped too early is full too early, no worse.
void IngestionRate::forget_full(const Limits& limits, Time now) {
  next_sweep_ = now + sweep_interval;
  const auto rate = static_cast<double>(limits.ingestion_rate_bytes);
  std::erase_if(buckets_, [&](const auto& item) {
    return item.second.level + seconds(now - item.second.filled) * rate >=
           static_cast<double>(limits.ingestion_burst_bytes);
  });
}

std::size_t IngestionRate::tenants() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace sluice::ingest
