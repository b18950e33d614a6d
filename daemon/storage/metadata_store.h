// MetadataStore: type, help and unit of metric families, per tenant, in memory and on disk.
// Safe from any thread.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "daemon/storage/database.h"

namespace sluice::storage {

// Families kept per tenant; what comes past it is ignored. Senders repeat metadata every minute, so
// a bound must not be an error that makes them fail.
inline constexpr std::size_t metadata_families_max = 65'536;

class MetadataStore {
 public:
  Result<void> recover(const Database& database);
  // Those that differ from what is stored.
  std::vector<MetricMetadata> changed(const TenantId& tenant,
                                      std::vector<MetricMetadata> metadata) const;
  static void add_to(Batch& step, const TenantId& tenant, const MetricMetadata& metadata);
  void apply(const TenantId& tenant, const std::vector<MetricMetadata>& metadata);
  std::vector<MetricMetadata> all(const TenantId& tenant) const;

 private:
  using Families = std::map<std::string, MetricMetadata>;
  mutable std::mutex mutex_;
  std::map<TenantId, Families> tenants_;  // protected by mutex_
};

}  // namespace sluice::storage
