#include "daemon/storage/database.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/compaction_watch.h"
#include "daemon/storage/corrections.h"
#include "daemon/storage/envelope.h"
#include "daemon/storage/rocks_status.h"

namespace sluice::storage {

namespace {

std::uint64_t statvfs_free_bytes(const std::string& path) {
  struct statvfs info {};
  // Not being able to ask is no reason to refuse writes; RocksDB will report a full disk itself.
  if (::statvfs(path.c_str(), &info) != 0) return UINT64_MAX;
  return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

// Of parts, all but the summaries are scanned to find what an interrupted merge left, by a start,
// and by a check, which reads the tables as well.
Scan::Ranges ranges_of(Family family) {
  switch (family) {
    case Family::rows:
    case Family::group:
    case Family::directory:
    case Family::sample_rows: return Scan::Ranges::iterator;
    case Family::part:
    case Family::sample_part: return Scan::Ranges::checked;
    default: return Scan::Ranges::none;
  }
}

// What resuming needs beside the memtables themselves: manifest, tables' indexes, a new log.
constexpr std::uint64_t resume_margin_bytes = 8 << 20;

}  // namespace

Database::Database(const StoreOptions& options, StorageMetrics& metrics, FreeBytes free_bytes,
                   rocksdb::Env* env, bool read_only)
    : options_(options),
      metrics_(metrics),
      free_bytes_(free_bytes ? std::move(free_bytes) : FreeBytes(statvfs_free_bytes)),
      env_(env),
      read_only_(read_only),
      corrections_(std::make_unique<Corrections>(options.path, metrics, !read_only && !env)),
      compactions_(std::make_shared<CompactionWatch>()) {}

Database::~Database() {
  if (!db_) return;
  for (auto* family : families_)
    if (family) db_->DestroyColumnFamilyHandle(family);
  const auto status = db_->Close();
  if (!status.ok()) log_warn("closing the store", {{"error", status.ToString()}});
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
  const auto read = [&] {
    return db_->Get(options, families_[static_cast<std::size_t>(family)], to_slice(key),
                    value.slice_.get());
  };
  auto status = read();
  if (status.IsCorruption() && corrections_->after_read(status.ToString())) status = read();
  if (status.IsNotFound()) return std::optional<Value>();
  if (!status.ok()) return to_error(status, "reading the store");
  SLUICE_TRY(value.payload_, open_envelope(key, type, to_view(*value.slice_)));
  return std::optional<Value>(std::move(value));
}

Scan Database::scan(Family family, std::string from, std::string to,
                    const Snapshot* snapshot) const {
  const Scan::Source source{db_.get(), families_[static_cast<std::size_t>(family)],
                            snapshot ? snapshot->snapshot_ : nullptr, ranges_of(family)};
  return Scan(source, std::move(from), std::move(to), *corrections_);
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
    if (failure.damage && corrections_->after_read(failure.message)) continue;
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
