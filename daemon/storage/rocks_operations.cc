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
