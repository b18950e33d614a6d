// Database: opening: formats, families, and what a damaged log lets be read.
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>

#include "base/telemetry/log.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/compaction_watch.h"
#include "daemon/storage/corrections.h"
#include "daemon/storage/database.h"
#include "daemon/storage/database_options.h"
#include "daemon/storage/rocks_status.h"
#include "daemon/storage/wal_correct.h"
#include "daemon/storage/wal_scan.h"

namespace sluice::storage {

namespace {

bool known_family(const std::string& name) {
  return std::find(family_names.begin(), family_names.end(), name) != family_names.end();
}

Error newer_format(const std::string& path, const std::string& what) {
  return {ErrorCode::invalid_argument,
          "data directory " + path + " was written by a newer Sluice (" + what +
              "); this version reads format " + std::to_string(format_version) +
              ": run the newer version, or another directory"};
}

Error development_format(const std::string& path) {
  return {ErrorCode::invalid_argument,
          "data directory " + path +
              " was written by a development version of Sluice from before the first release "
              "(format 1 or 2), which is not read any more: start with another directory"};
}

// Told by the families, before anything is changed in the directory. The family of row groups is
// created before the last one of format 1.
// Before logs had row groups, or while metric samples lay in chunks of one series each.
bool has_old_families(const std::vector<std::string>& existing) {
  const auto has = [&](std::string_view name) {
    return std::find(existing.begin(), existing.end(), name) != existing.end();
  };
  const auto name_of = [](Family family) { return family_names[static_cast<std::size_t>(family)]; };
  return has("chunk") || (has(name_of(Family::sample_state)) && !has(name_of(Family::group)));
}

Error open_error(const rocksdb::Status& status, const std::string& path,
                 const std::set<std::string>& damaged = {}) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("LOCK") != std::string::npos)
    return {ErrorCode::conflict, "data directory " + path +
                                     " is in use by another process (its LOCK file is held); "
                                     "only one sluiced may open it"};
  Error error = to_error(status, "opening data directory " + path);
  if (damaged.empty() || !status.IsCorruption()) return error;
  error.message += "; tables that are not whole:";
  for (const auto& name : damaged) error.message += " " + name;
  error.message += "; restore a backup";
  return error;
}

// A log is damaged in the middle, and a family was written out behind that place: there is no
// moment before it to go back to. RocksDB says so in its message only.
bool tables_ahead(const rocksdb::Status& status) {
  return status.IsCorruption() && status.ToString().find("ahead of WALs") != std::string::npos;
}

Result<void> make_directory(const std::string& path) {
  std::error_code ec;
  std::filesystem::create_directories(path, ec);
  if (ec) return Error{ErrorCode::io, "creating data directory " + path + ": " + ec.message()};
  return {};
}

// Reading beside a process that writes would find damage where files were only replaced.
Result<void> check_unused(const std::string& path) {
  rocksdb::FileLock* lock = nullptr;
  auto* env = rocksdb::Env::Default();
  const auto status = env->LockFile(path + "/LOCK", &lock);
  if (!status.ok()) return open_error(status, path);
  const auto unlocked = env->UnlockFile(lock);
  if (!unlocked.ok()) return open_error(unlocked, path);
  return {};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const StoreOptions& options,
                                                 StorageMetrics& metrics, FreeBytes free_bytes,
                                                 rocksdb::Env* env) {
  SLUICE_CHECK(make_directory(options.path));
  std::unique_ptr<Database> database(
      new Database(options, metrics, std::move(free_bytes), env, false));
  SLUICE_TRY(const auto existing, database->existing_families());
  SLUICE_CHECK(database->open_families(existing));
  SLUICE_TRY(const bool current, database->check_format(existing.empty()));
  if (!current) SLUICE_CHECK(database->write_format());
  database->tick();
  return database;
}

Result<std::unique_ptr<Database>> Database::open_read_only(const StoreOptions& options,
                                                           StorageMetrics& metrics) {
  std::unique_ptr<Database> database(new Database(options, metrics, {}, nullptr, true));
  SLUICE_TRY(const auto existing, database->existing_families());
  if (existing.empty())
    return Error{ErrorCode::not_found, "no store in " + options.path + ": it has no CURRENT file"};
  SLUICE_CHECK(check_unused(options.path));
  SLUICE_CHECK(database->open_families(existing));
  SLUICE_CHECK(database->check_format(false));
  return database;
}

// The families that are on disk; empty for a new directory.
Result<std::vector<std::string>> Database::existing_families() {
  std::vector<std::string> names;
  if (!std::filesystem::exists(options_.path + "/CURRENT")) return names;
  const auto options = database_options(env_, std::make_shared<CompactionWatch>());
  const auto list = [&] { return rocksdb::DB::ListColumnFamilies(options, options_.path, &names); };
  auto status = list();
  if (status.IsCorruption() && corrections_->after_open(status.ToString())) status = list();
  if (!status.ok()) return open_error(status, options_.path);
  return names;
}

Result<void> Database::open_families(const std::vector<std::string>& existing) {
  if (has_old_families(existing)) return development_format(options_.path);
  const auto unknown = std::find_if_not(existing.begin(), existing.end(), known_family);
  if (unknown != existing.end())
    return newer_format(options_.path, "it has a family \"" + *unknown + "\"");
  const auto damaged = env_ ? std::set<std::string>() : corrections_->tables();
  SLUICE_TRY(auto logs, read_wals(options_.path));
  if (!first_bad(logs).empty()) {
    SLUICE_CHECK(corrections_->logs());
    SLUICE_TRY(logs, read_wals(options_.path));
  }
  const auto status = open_rocks();
  if (tables_ahead(status)) return open_ahead(first_bad(logs));
  if (!status.ok()) return open_error(status, options_.path, damaged);
  SLUICE_CHECK(check_tables(damaged));
  note_log_loss(db_->GetLatestSequenceNumber(), logs);
  note_left_out();
  return {};
}

// RocksDB may open them and miss what is in them.
Result<void> Database::check_tables(const std::set<std::string>& damaged) const {
  if (damaged.empty()) return {};
  std::vector<rocksdb::LiveFileMetaData> tables;
  db_->GetLiveFilesMetaData(&tables);
  for (const auto& table : tables)
    if (damaged.contains(std::filesystem::path(table.name).filename().string()))
      return open_error(rocksdb::Status::Corruption("index or properties"), options_.path, damaged);
  return {};
}

rocksdb::Status Database::open_rocks() {
  auto status = try_open_rocks();
  for (int tries = 0; tries < 16 && status.IsCorruption() && !tables_ahead(status) &&
                      corrections_->after_open(status.ToString());
       ++tries)
    status = try_open_rocks();
  return status;
}

rocksdb::Status Database::try_open_rocks() {
  const auto cache = make_block_cache(options_);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < family_names.size(); ++i)
    descriptors.emplace_back(std::string(family_names[i]),
                             family_options(static_cast<Family>(i), cache));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto rocks = database_options(env_, compactions_);
  auto status = read_only_
                    ? rocksdb::DB::OpenForReadOnly(rocks, options_.path, descriptors, &handles, &db)
                    : rocksdb::DB::Open(rocks, options_.path, descriptors, &handles, &db);
  if (!status.ok()) return status;
  db_.reset(db);
  std::copy(handles.begin(), handles.end(), families_.begin());
  return status;
}

// docs/decisions/0015.
Result<void> Database::open_ahead(const std::string& where) {
  if (read_only_)
    return Error{ErrorCode::corrupt,
                 "the log is damaged in " + where +
                     ", and tables are ahead of that: a start of sluiced sets single flipped bits "
                     "right, and leaves larger damage out"};
  SLUICE_CHECK(leave_out_damage(options_.path));
  SLUICE_TRY(const auto logs, read_wals(options_.path));
  const auto status = open_rocks();
  if (!status.ok()) return open_error(status, options_.path);
  note_log_loss(db_->GetLatestSequenceNumber(), logs);
  note_left_out();
  return {};
}

// Also told if a start ended before what it means for pushes was settled.
void Database::note_left_out() {
  const auto where = left_out_damage(options_.path);
  if (!where) return;
  skipped_damage_ = true;
  log_damage_ =
      Error{ErrorCode::corrupt, "the log was damaged in " + *where +
                                    ", and tables were ahead of that: what was written there is "
                                    "there as far as tables have it"};
  report_corrupt(*log_damage_);
}

void Database::settle_damage() {
  skipped_damage_ = false;
  if (const auto forgotten = forget_damage(options_.path); !forgotten)
    log_warn("damage of the log will be looked into again", {{"error", forgotten.error()}});
}

// The state is that of a moment before the damage: senders that keep marks send what came after
// again.
void Database::note_log_loss(std::uint64_t recovered, const std::vector<WalFile>& logs) {
  const WalLoss loss = loss_beyond(recovered, logs);
  if (loss.steps == 0) return;
  log_damage_ =
      Error{ErrorCode::corrupt, "the log is damaged in " + loss.where + ": " +
                                    std::to_string(loss.steps) + " steps of " +
                                    std::to_string(loss.bytes) + " bytes behind it are left out"};
  report_corrupt(*log_damage_);
}

Result<bool> Database::check_format(bool created) {
  SLUICE_TRY(const auto stored, get(Family::meta, format_key, ValueType::format));
  if (stored) {
    const std::uint64_t version = ByteReader(stored->payload()).varint();
    if (version > format_version)
      return newer_format(options_.path, "format " + std::to_string(version));
    if (version >= oldest_format_version) return version == format_version;
    return development_format(options_.path);
  }
  // A first start that was killed before its first write leaves empty families.
  if (!created && !is_empty())
    return Error{ErrorCode::corrupt, "data directory " + options_.path +
                                         " has no format key: not written by Sluice, or damaged"};
  return false;
}

// From here on older versions refuse the directory rather than read what they do not know.
Result<void> Database::write_format() {
  std::string payload;
  put_varint(payload, format_version);
  Batch step = batch();
  step.put(Family::meta, format_key, ValueType::format, payload);
  return write(step, Writer::maintenance);
}

bool Database::is_empty() const {
  for (std::size_t i = 0; i < family_names.size(); ++i)
    if (scan(static_cast<Family>(i), "", "").next()) return false;
  return true;
}

}  // namespace sluice::storage
