// RocksStore: what an operator does with it.
#include "base/telemetry/log.h"
#include "daemon/storage/check_store.h"
#include "daemon/storage/copy_store.h"
#include "daemon/storage/rocks_store.h"

namespace sluice::storage {

Result<std::string> RocksStore::request_delete(const TenantId& tenant, const std::string& query,
                                               TimeRange range) {
  SLUICE_TRY(auto id, logs_.request_delete(tenant, query, range));
  if (merger_) merger_->wake();
  return id;
}

std::vector<DeleteRequest> RocksStore::delete_requests(const TenantId& tenant) {
  return deletions_.list(tenant);
}

Result<void> RocksStore::cancel_delete(const TenantId& tenant, const std::string& id, bool force) {
  return deletions_.cancel(tenant, id, force);
}

// Up to the newest sample or now: what comes later was not meant.
Result<void> RocksStore::delete_series(const TenantId& tenant,
                                       std::vector<std::vector<query::LabelMatcher>> selectors,
                                       std::int64_t start_ms, std::int64_t end_ms) {
  std::int64_t newest = unix_ms(to_ms(clock_.now()));
  if (const auto arrived = samples_.newest_arrived(tenant))
    newest = std::max(newest, unix_ms(to_ms(*arrived)));
  end_ms = std::min(end_ms, newest);
  if (end_ms < start_ms) return {};
  std::vector<SampleDeletion> deletions;
  for (const auto& matchers : selectors) deletions.push_back({matchers, start_ms, end_ms});
  SLUICE_CHECK(sample_deletions_.add(tenant, std::move(deletions)));
  if (merger_) merger_->wake();
  return exemplars_.remove(*database_, tenant, selectors, start_ms, end_ms);
}

std::vector<DaySpace> RocksStore::space() {
  return logs_.space();
}

Result<BackupInfo> RocksStore::backup(const std::string& directory) {
  SLUICE_CHECK(database_->checkpoint(directory));
  SLUICE_TRY(auto info, backup_info(directory));
  log_info("the store was backed up", {{"path", directory}, {"bytes", info.bytes}});
  return info;
}

Result<CheckReport> RocksStore::check(const std::function<bool()>& stop) {
  return check_store(*database_, stop);
}

}  // namespace sluice::storage
