#include "daemon/storage/copy_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "base/telemetry/metrics.h"
#include "daemon/storage/check_store.h"

namespace sluice::storage {

namespace {

namespace fs = std::filesystem;

StoreOptions options_at(const std::string& path) {
  StoreOptions options;
  options.path = path;
  options.min_free_bytes = 0;
  return options;
}

Error io_error(const std::string& doing, const std::error_code& ec) {
  return {ErrorCode::io, doing + ": " + ec.message()};
}

Result<void> sync_path(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error("opening " + path.string(), {errno, std::generic_category()});
  const bool done = ::fsync(fd) == 0;
  const std::error_code ec(errno, std::generic_category());
  ::close(fd);
  return done ? Result<void>() : io_error("syncing " + path.string(), ec);
}

Result<void> copy_files(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(from, ec)) {
    if (!entry.is_regular_file() || entry.path().filename() == "LOCK") continue;
    const fs::path target = to / entry.path().filename();
    if (!fs::copy_file(entry.path(), target, ec) || ec)
      return io_error("copying " + entry.path().string(), ec);
    SLUICE_CHECK(sync_path(target));
  }
  if (ec) return io_error("reading " + from.string(), ec);
  return sync_path(to);
}

}  // namespace

Result<CheckReport> check_directory(const std::string& path) {
  Metrics metrics;
  StorageMetrics own(metrics);
  SLUICE_TRY(const auto database, Database::open_read_only(options_at(path), own));
  return check_store(*database, [] { return false; });
}

Result<BackupInfo> backup_directory(const std::string& path, const std::string& backup) {
  std::error_code ec;
  if (!fs::exists(path + "/CURRENT", ec))
    return Error{ErrorCode::not_found, "no store in " + path + ": it has no CURRENT file"};
  Metrics metrics;
  StorageMetrics own(metrics);
  SLUICE_TRY(const auto database, Database::open(options_at(path), own));
  if (database->skipped_damage())
    return Error{ErrorCode::corrupt, "the log of " + path + " was damaged: start sluiced first"};
  SLUICE_CHECK(database->checkpoint(backup));
  return backup_info(backup);
}

Result<BackupInfo> backup_info(const std::string& backup) {
  BackupInfo info{backup, 0, 0};
  std::error_code ec;
  fs::directory_iterator file(backup, ec);
  for (; !ec && file != fs::directory_iterator(); file.increment(ec)) {
    ++info.files;
    info.bytes += file->file_size(ec);
    if (ec) break;
  }
  if (ec) return io_error("reading backup " + backup, ec);
  return info;
}

Result<CheckReport> restore_directory(const std::string& backup, const std::string& path) {
  std::error_code ec;
  if (!fs::exists(backup + "/CURRENT", ec))
    return Error{ErrorCode::not_found, "no backup in " + backup + ": it has no CURRENT file"};
  if (fs::exists(path, ec) && !fs::is_empty(path, ec))
    return Error{ErrorCode::conflict, "will not restore into " + path + ": it is not empty"};
  fs::create_directories(path, ec);
  if (ec) return io_error("creating " + path, ec);
  SLUICE_CHECK(copy_files(backup, path));
  return check_directory(path);
}

std::string to_text(const CheckReport& r) {
  return std::to_string(r.values) + " values of " + std::to_string(r.bytes) +
         " bytes: " + std::to_string(r.parts) + " parts with " + std::to_string(r.rows) +
         " rows, " + std::to_string(r.head_entries) + " unsealed entries, " +
         std::to_string(r.samples) + " samples; " + std::to_string(r.damaged) + " damaged";
}

}  // namespace sluice::storage
