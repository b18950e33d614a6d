#include "daemon/storage/metadata_store.h"

#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

bool same(const MetricMetadata& a, const MetricMetadata& b) {
  return a.type == b.type && a.help == b.help && a.unit == b.unit;
}

Result<MetricMetadata> decode(std::string_view family, std::string_view payload) {
  ByteReader in(payload);
  MetricMetadata metadata;
  metadata.family = family;
  metadata.type = in.string();
  metadata.help = in.string();
  metadata.unit = in.string();
  if (!in.finished()) return Error{ErrorCode::corrupt, "metric metadata does not decode"};
  return metadata;
}

}  // namespace

Result<void> MetadataStore::recover(const Database& database) {
  Scan scan = database.scan(Family::metadata, "", "");
  while (scan.next()) {
    const std::size_t nul = scan.key().find('\0');
    if (nul == std::string_view::npos) continue;
    const TenantId tenant{std::string(scan.key().substr(0, nul))};
    const auto payload = scan.payload(ValueType::metadata);
    auto metadata = payload ? decode(scan.key().substr(nul + 1), *payload)
                            : Result<MetricMetadata>(payload.error());
    if (!metadata)
      database.report_corrupt(metadata.error());
    else
      apply(tenant, {std::move(*metadata)});
  }
  return scan.status();
}

std::vector<MetricMetadata> MetadataStore::changed(const TenantId& tenant,
                                                   std::vector<MetricMetadata> metadata) const {
  const std::lock_guard lock(mutex_);
  const auto known = tenants_.find(tenant);
  const std::size_t families = known == tenants_.end() ? 0 : known->second.size();
  std::erase_if(metadata, [&](const MetricMetadata& m) {
    if (known != tenants_.end()) {
      const auto it = known->second.find(m.family);
      if (it != known->second.end()) return same(it->second, m);
    }
    return families >= metadata_families_max;
  });
  return metadata;
}

void MetadataStore::add_to(Batch& step, const TenantId& tenant, const MetricMetadata& metadata) {
  std::string payload;
  put_string(payload, metadata.type);
  put_string(payload, metadata.help);
  put_string(payload, metadata.unit);
  step.put(Family::metadata, metadata_key(tenant, metadata.family), ValueType::metadata, payload);
}

void MetadataStore::apply(const TenantId& tenant, const std::vector<MetricMetadata>& metadata) {
  const std::lock_guard lock(mutex_);
  for (const auto& m : metadata) tenants_[tenant][m.family] = m;
}

std::vector<MetricMetadata> MetadataStore::all(const TenantId& tenant) const {
  const std::lock_guard lock(mutex_);
  std::vector<MetricMetadata> list;
  const auto known = tenants_.find(tenant);
  if (known == tenants_.end()) return list;
  for (const auto& [family, metadata] : known->second) list.push_back(metadata);
  return list;
}

}  // namespace sluice::storage
