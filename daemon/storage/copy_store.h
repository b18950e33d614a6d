// Working on a store that no process has open: check, back up, restore.
#pragma once

#include <string>

#include "base/types/result.h"
#include "daemon/storage/operations.h"
#include "daemon/storage/store.h"

namespace sluice::storage {

// Reads everything in `path` and changes nothing. Errors: not_found, conflict (in use), corrupt
// (does not even open), io.
Result<CheckReport> check_directory(const std::string& path);

// As StoreOperations::backup.
Result<BackupInfo> backup_directory(const std::string& path, const std::string& backup);
// What lies in a backup. Error(io).
Result<BackupInfo> backup_info(const std::string& backup);

// Copies a backup to `path`, which must not exist or be empty, then reads everything there. The
// copy shares no file with the backup and is on disk when this returns.
Result<CheckReport> restore_directory(const std::string& backup, const std::string& path);

// "1234 values in 3 parts ..., 0 damaged"
std::string to_text(const CheckReport& report);

}  // namespace sluice::storage
