#include "daemon/ingest/ingestion_rate.h"

namespace sluice::ingest {

namespace {

BucketRate tenant_rate(const Limits& limits) {
  return {static_cast<double>(limits.ingestion_rate_bytes),
          static_cast<double>(limits.ingestion_burst_bytes)};
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
  const std::lock_guard lock(mutex_);
  if (buckets_.take(tenant.value, static_cast<double>(size.bytes), tenant_rate(limits), now))
    return {};
  return refusal(tenant, size, limits);
}

void IngestionRate::give_back(const TenantId& tenant, PushSize size, const Limits& limits) {
  if (limits.ingestion_rate_bytes == 0) return;
  const std::lock_guard lock(mutex_);
  buckets_.give_back(tenant.value, static_cast<double>(size.bytes), tenant_rate(limits));
}

std::size_t IngestionRate::tenants() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

}  // namespace sluice::ingest
