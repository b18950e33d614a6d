#include "daemon/storage/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>

#include "base/telemetry/log.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/compaction_watch.h"
#include "daemon/storage/database_options.h"
#include "daemon/storage/envelope.h"
#include "daemon/storage/rocks_status.h"
#include "daemon/storage/wal_scan.h"

namespace sluice::storage {

namespace {

std::uint64_t statvfs_free_bytes(const std::string& path) {
  struct statvfs info {};
  // Not being able to ask is no reason to refuse writes; RocksDB will report a full disk itself.
  if (::statvfs(path.c_str(), &info) != 0) return UINT64_MAX;
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

// What resuming needs beside the memtables themselves: manifest, tables' indexes, a new log.
constexpr std::uint64_t resume_margin_bytes = 8 << 20;

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

// `log_damage`: where its log is damaged, if it is. RocksDB goes back to before that, unless other
// data that it has written out since would then be ahead.
Error open_error(const rocksdb::Status& status, const std::string& path,
                 const std::string& log_damage = {}) {
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("LOCK") != std::string::npos)
    return {ErrorCode::conflict, "data directory " + path +
                                     " is in use by another process (its LOCK file is held); "
                                     "only one sluiced may open it"};
  Error error = to_error(status, "opening data directory " + path);
  if (!log_damage.empty() && error.code == ErrorCode::corrupt)
    error.message += "; its log is damaged in " + log_damage +
                     ", and other data is ahead of that: restore a backup";
  return error;
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

// The families that are on disk; empty for a new directory.
Result<std::vector<std::string>> list_families(const std::string& path, rocksdb::Env* env) {
  std::vector<std::string> names;
  if (!std::filesystem::exists(path + "/CURRENT")) return names;
  const auto status = rocksdb::DB::ListColumnFamilies(
      database_options(env, std::make_shared<CompactionWatch>()), path, &names);
  if (!status.ok()) return open_error(status, path);
  return names;
}

}  // namespace

Database::Database(const StoreOptions& options, StorageMetrics& metrics, FreeBytes free_bytes,
                   rocksdb::Env* env)
    : options_(options),
      metrics_(metrics),
      free_bytes_(free_bytes ? std::move(free_bytes) : FreeBytes(statvfs_free_bytes)),
      env_(env),
      compactions_(std::make_shared<CompactionWatch>()) {}

Database::~Database() {
  if (!db_) return;
  for (auto* family : families_)
    if (family) db_->DestroyColumnFamilyHandle(family);
  const auto status = db_->Close();
  if (!status.ok()) log_warn("closing the store", {{"error", status.ToString()}});
}

Result<std::unique_ptr<Database>> Database::open(const StoreOptions& options,
                                                 StorageMetrics& metrics, FreeBytes free_bytes,
                                                 rocksdb::Env* env) {
  SLUICE_CHECK(make_directory(options.path));
  SLUICE_TRY(const auto existing, list_families(options.path, env));
  std::unique_ptr<Database> database(new Database(options, metrics, std::move(free_bytes), env));
  SLUICE_CHECK(database->open_families(existing, false));
  SLUICE_TRY(const bool current, database->check_format(existing.empty()));
  if (!current) SLUICE_CHECK(database->write_format());
  database->tick();
  return database;
}

Result<std::unique_ptr<Database>> Database::open_read_only(const StoreOptions& options,
                                                           StorageMetrics& metrics) {
  SLUICE_TRY(const auto existing, list_families(options.path, nullptr));
  if (existing.empty())
    return Error{ErrorCode::not_found, "no store in " + options.path + ": it has no CURRENT file"};
  SLUICE_CHECK(check_unused(options.path));
  std::unique_ptr<Database> database(new Database(options, metrics, {}, nullptr));
  SLUICE_CHECK(database->open_families(existing, true));
  SLUICE_CHECK(database->check_format(false));
  return database;
}

Result<void> Database::open_families(const std::vector<std::string>& existing, bool read_only) {
  if (has_old_families(existing)) return development_format(options_.path);
  const auto unknown = std::find_if_not(existing.begin(), existing.end(), known_family);
  if (unknown != existing.end())
    return newer_format(options_.path, "it has a family \"" + *unknown + "\"");
  const auto cache = make_block_cache(options_);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < family_names.size(); ++i)
    descriptors.emplace_back(std::string(family_names[i]),
                             family_options(static_cast<Family>(i), cache));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto rocks = database_options(env_, compactions_);
  SLUICE_TRY(const auto logs, read_wals(options_.path));
  const auto status =
      read_only ? rocksdb::DB::OpenForReadOnly(rocks, options_.path, descriptors, &handles, &db)
                : rocksdb::DB::Open(rocks, options_.path, descriptors, &handles, &db);
  if (!status.ok()) return open_error(status, options_.path, damage_within(logs));
  db_.reset(db);
  std::copy(handles.begin(), handles.end(), families_.begin());
  note_log_loss(db_->GetLatestSequenceNumber(), logs);
  return {};
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

bool Database::has_space() {
  const std::uint64_t free = free_bytes_(options_.path);
  metrics_.free_bytes.set(static_cast<double>(free));
  const bool low = free < options_.min_free_bytes;
  if (low == low_space_.exchange(low)) return !low;
  if (low)
    log_error("disk nearly full: writes are refused until space returns",
              {{"path", options_.path},
               {"free_bytes", free},
               {"min_free_bytes", options_.min_free_bytes}});
  else
    log_info("disk has space again: writes are accepted", {{"free_bytes", free}});
  return !low;
}

Result<void> Database::check_space() {
  if (has_space()) return {};
  metrics_.no_space.inc();
  return Error{ErrorCode::no_space,
               "the disk of " + options_.path + " is nearly full: writes stop below " +
                   std::to_string(options_.min_free_bytes >> 20) + " MiB of free space"};
}

// RocksDB would refuse as well, but an attempt disturbs its recovery.
Result<void> Database::check_accepting() {
  if (!failed_) return {};
  metrics_.no_space.inc();
  return Error{ErrorCode::no_space,
               "the store ran into the end of the disk of " + options_.path + "; retry later"};
}

// Neither is ever inlined: ThreadSanitizer knows RocksDB's own work by the call of the one in the
// other (tests/sanitizers).
[[gnu::noinline]] static rocksdb::Status write_synced(rocksdb::DB& db, rocksdb::WriteBatch& step) {
  rocksdb::WriteOptions options;
  options.sync = true;
  return db.Write(options, &step);
}

[[gnu::noinline]] Result<void> Database::write(Batch& step, Writer writer) {
  if (writer == Writer::client) SLUICE_CHECK(check_space());
  SLUICE_CHECK(check_accepting());
  const auto started = std::chrono::steady_clock::now();
  const auto status = write_synced(*db_, *step.batch_);
  metrics_.commit_seconds.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  if (status.ok()) return {};
  if (!failed_.exchange(true))
    log_error("the store refuses writes", {{"error", status.ToString()}});
  return to_error(status, "writing to the store");
}

Result<std::optional<Value>> Database::get(Family family, std::string_view key, ValueType type,
                                           const Snapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot) options.snapshot = snapshot->snapshot_;
  // Chunks are large and the kernel's cache has them: they would only push out indexes and headers.
  options.fill_cache = family != Family::rows && family != Family::sample_rows;
  Value value(std::make_unique<rocksdb::PinnableSlice>());
  const auto status = db_->Get(options, families_[static_cast<std::size_t>(family)], to_slice(key),
                               value.slice_.get());
  if (status.IsNotFound()) return std::optional<Value>();
  if (!status.ok()) return to_error(status, "reading the store");
  SLUICE_TRY(value.payload_, open_envelope(key, type, to_view(*value.slice_)));
  return std::optional<Value>(std::move(value));
}

Scan Database::scan(Family family, std::string from, std::string to,
                    const Snapshot* snapshot) const {
  rocksdb::ReadOptions options;
  if (snapshot) options.snapshot = snapshot->snapshot_;
  auto* handle = families_[static_cast<std::size_t>(family)];
  return Scan(std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options, handle)),
              std::move(from), std::move(to));
}

Scan Database::scan_prefix(Family family, const std::string& prefix,
                           const Snapshot* snapshot) const {
  return scan(family, prefix, prefix_end(prefix), snapshot);
}

std::unique_ptr<Snapshot> Database::snapshot() const {
  return std::make_unique<Snapshot>(*db_);
}

void Database::report_corrupt(const Error& error) const {
  metrics_.corrupt.inc();
  log_error("stored data is damaged and skipped", {{"error", error}});
}

// What met damage is not compacted again until the next start.
void Database::leave_damaged() {
  for (const auto& failure : compactions_->take()) {
    const Error error{failure.damage ? ErrorCode::corrupt : ErrorCode::io,
                      "compacting family " + failure.family + ": " + failure.message};
    if (failure.damage) report_corrupt(error);
    log_error("a family is not compacted until the next start", {{"error", error}});
    const auto name = std::find(family_names.begin(), family_names.end(), failure.family);
    if (name == family_names.end()) continue;
    auto* const family = families_[static_cast<std::size_t>(name - family_names.begin())];
    const auto status = db_->SetOptions(family, {{"disable_auto_compactions", "true"}});
    if (!status.ok()) log_warn("compactions go on", {{"error", status.ToString()}});
  }
}

void Database::tick() {
  leave_damaged();
  const bool space = has_space();
  if (failed_ && space) resume();
  if (!space) keep_resumable();
  metrics_.writable.set(space && !failed_ ? 1 : 0);
}

bool Database::has_unflushed() const {
  std::uint64_t entries = 0;
  return db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kNumEntriesActiveMemTable,
                                       &entries) &&
         entries > 0;
}

// Near the end of the disk: something to flush, not worth logging, so that resume() is possible.
void Database::keep_resumable() {
  if (failed_ || has_unflushed()) return;
  std::string payload;
  put_varint(payload, format_version);
  Batch step = batch();
  step.put(Family::meta, format_key, ValueType::format, payload);
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const auto status = db_->Write(options, step.batch_.get());
  if (!status.ok()) log_warn("a small write failed", {{"error", status.ToString()}});
}

// Resuming writes every memtable out. Tried without room for that, it fails once more and, with
// RocksDB 7.8, the next attempt may wait for ever; so it has to have the room first.
void Database::resume() {
  std::uint64_t unwritten = 0;
  db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kSizeAllMemTables, &unwritten);
  const std::uint64_t needed = options_.min_free_bytes + unwritten + resume_margin_bytes;
  if (free_bytes_(options_.path) < needed) {
    if (!waiting_for_room_.exchange(true))
      log_warn("the store waits for more free space before it accepts writes",
               {{"needed_bytes", needed}});
    return;
  }
  waiting_for_room_ = false;
  // With nothing to flush RocksDB 7.8 would go on with the log file that failed, and fail (built
  // with assertions: abort) at the next write.
  if (!has_unflushed()) {
    if (!needs_restart_.exchange(true))
      log_error("writes are refused until a restart: the log failed with nothing to flush");
    return;
  }
  const auto status = db_->Resume();
  if (!status.ok()) return log_warn("the store cannot resume yet", {{"error", status.ToString()}});
  failed_ = false;
  log_info("the store accepts writes again");
}

Result<void> Database::compact(Family family, const std::string& from, const std::string& to) {
  if (failed_ || low_space_) return {};
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  const rocksdb::Slice begin = to_slice(from);
  const rocksdb::Slice end = to_slice(to);
  const auto status = db_->CompactRange(options, families_[static_cast<std::size_t>(family)],
                                        &begin, to.empty() ? nullptr : &end);
  if (status.ok() || status.IsManualCompactionPaused()) return {};
  return to_error(status, "freeing space of removed data");
}

void Database::stop_compacting() {
  db_->DisableManualCompaction();
}

Result<void> Database::flush() {
  SLUICE_CHECK(check_accepting());
  const std::vector<rocksdb::ColumnFamilyHandle*> all(families_.begin(), families_.end());
  const auto status = db_->Flush(rocksdb::FlushOptions(), all);
  if (!status.ok()) return to_error(status, "flushing the store");
  return {};
}

}  // namespace sluice::storage
