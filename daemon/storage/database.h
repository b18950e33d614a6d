// Database: RocksDB as the rest of daemon/storage sees it. RocksDB's headers stay in database*.cc
// and batch.cc.
//
// Values are wrapped in their envelope on the way in and checked on the way out. Every write is
// synced; concurrent writers share an fsync. When the disk is nearly full, or RocksDB itself ran
// into its end, writes fail with no_space until tick() finds space again; reads are not affected.
// Safe from any thread; a Batch or Scan belongs to one.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/keys.h"
#include "daemon/storage/storage_metrics.h"
#include "daemon/storage/store.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class Iterator;
class PinnableSlice;
class Snapshot;
class Status;
class WriteBatch;
}  // namespace rocksdb

namespace sluice::storage {

class CompactionWatch;
class Corrections;
struct WalFile;

using FamilyHandles = std::array<rocksdb::ColumnFamilyHandle*, family_names.size()>;

// The changes of one step.
class Batch {
 public:
  explicit Batch(const FamilyHandles& families, std::size_t bytes = 0);
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;

  void put(Family family, std::string_view key, ValueType type, std::string_view payload);
  // Without envelope: for tests that do damage.
  void put_raw(Family family, std::string_view key, std::string_view value);
  void remove(Family family, std::string_view key);
  // For keys that were put exactly once (head, sample_head).
  void remove_once(Family family, std::string_view key);
  void remove_range(Family family, std::string_view from, std::string_view to);
  std::size_t bytes() const;
  bool empty() const;

 private:
  friend class Database;
  const FamilyHandles* families_;
  std::unique_ptr<rocksdb::WriteBatch> batch_;
};

// A stored value, kept in place while this lives.
class Value {
 public:
  explicit Value(std::unique_ptr<rocksdb::PinnableSlice> slice);
  ~Value();
  Value(Value&&) noexcept;
  Value& operator=(Value&&) noexcept;
  std::string_view payload() const { return payload_; }

 private:
  friend class Database;
  std::unique_ptr<rocksdb::PinnableSlice> slice_;
  std::string_view payload_;
};

// Keys in order. while (scan.next()) ...; then status().
class Scan {
 public:
  // Who looks at the ranges that were removed. With RocksDB 7.8's iterator a table of a lower level
  // that cannot be read, and those behind it, can be passed over without a word (mended in 8.5.2).
  enum class Ranges {
    none,      // the family never has any
    checked,   // each key is asked for by itself
    iterator,  // families of many keys, where what is passed over does no harm
  };
  struct Source {
    rocksdb::DB* db = nullptr;
    rocksdb::ColumnFamilyHandle* family = nullptr;
    const rocksdb::Snapshot* snapshot = nullptr;
    Ranges ranges = Ranges::iterator;
  };
  Scan(const Source& source, std::string from, std::string to, Corrections& corrections);
  ~Scan();
  Scan(Scan&&) noexcept;
  bool next();
  std::string_view key() const;
  Result<std::string_view> payload(ValueType type) const;  // corrupt
  ValueType type() const;                                  // as the value says, not yet verified
  std::string_view raw_value() const;                      // with its envelope; for tests
  Result<void> status() const;

 private:
  std::unique_ptr<rocksdb::Iterator> open() const;
  void step();
  bool read_again();
  bool is_removed() const;

  Source source_;
  std::string from_;  // and, once started, the key before the next
  std::string to_;    // exclusive; empty: to the end
  Corrections* corrections_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
  bool started_ = false;
};

// A consistent view; must not outlive the Database.
class Snapshot {
 public:
  explicit Snapshot(rocksdb::DB& db);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  friend class Database;
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

// Who writes: clients stop at min_free_bytes, so that seals, merges and retention still have room.
enum class Writer { client, maintenance };

class Database {
 public:
  // Replaces statvfs in tests.
  using FreeBytes = std::function<std::uint64_t(const std::string& path)>;

  // `env`: the disk; null for the real one. Must outlive the Database.
  static Result<std::unique_ptr<Database>> open(const StoreOptions& options,
                                                StorageMetrics& metrics, FreeBytes free_bytes = {},
                                                rocksdb::Env* env = nullptr);
  // For looking only: nothing is changed, not even the log is cut. The directory must be one of
  // Sluice and not in use: Errors not_found, conflict, corrupt, io.
  static Result<std::unique_ptr<Database>> open_read_only(const StoreOptions& options,
                                                          StorageMetrics& metrics);
  ~Database();

  // `bytes`: about what it will hold; growing copies.
  Batch batch(std::size_t bytes = 0) const { return Batch(families_, bytes); }
  Result<void> write(Batch& batch, Writer writer);
  // no_space while RocksDB refuses writes. Asked before work that only makes sense with a commit.
  Result<void> check_accepting();

  Result<std::optional<Value>> get(Family family, std::string_view key, ValueType type,
                                   const Snapshot* snapshot = nullptr) const;
  // [from, to); an empty `to` reads to the end of the family.
  Scan scan(Family family, std::string from, std::string to,
            const Snapshot* snapshot = nullptr) const;
  Scan scan_prefix(Family family, const std::string& prefix,
                   const Snapshot* snapshot = nullptr) const;
  std::unique_ptr<Snapshot> snapshot() const;

  // What the log had behind a damaged place when it was opened, and is left out.
  const std::optional<Error>& log_damage() const { return log_damage_; }
  // Changes were taken from behind it, so that steps may be there in part, until settle_damage().
  bool skipped_damage() const { return skipped_damage_; }
  void settle_damage();
  // Logs and counts a value that failed its check.
  void report_corrupt(const Error& error) const;
  // Looks at free space and brings RocksDB back after it had run out.
  void tick();
  Result<void> flush();
  // Rewrites the tables of [from, to), so that what was removed there stops taking space. Nothing
  // with little space left: it takes some first.
  Result<void> compact(Family family, const std::string& from, const std::string& to);
  // Makes compact() give up, also while it runs, from now on: for stopping.
  void stop_compacting();
  // A second database with everything as of now; large files are hard links where that is possible.
  // Error(conflict): `directory` exists.
  Result<void> checkpoint(const std::string& directory);

 private:
  Database(const StoreOptions& options, StorageMetrics& metrics, FreeBytes free_bytes,
           rocksdb::Env* env, bool read_only);
  Result<std::vector<std::string>> existing_families();
  void note_log_loss(std::uint64_t recovered, const std::vector<WalFile>& logs);
  Result<void> open_families(const std::vector<std::string>& existing);
  Result<void> check_tables(const std::set<std::string>& damaged) const;
  rocksdb::Status open_rocks();
  rocksdb::Status try_open_rocks();
  Result<void> open_ahead(const std::string& where);
  void note_left_out();
  // Whether the directory is of the format that is written; false: of an older one, or new.
  Result<bool> check_format(bool created);
  Result<void> write_format();
  bool has_space();
  Result<void> check_space();
  bool is_empty() const;
  void resume();
  bool has_unflushed() const;
  void leave_damaged();
  void keep_resumable();

  const StoreOptions options_;
  StorageMetrics& metrics_;
  FreeBytes free_bytes_;
  rocksdb::Env* const env_;
  const bool read_only_;
  const std::unique_ptr<Corrections> corrections_;
  const std::shared_ptr<CompactionWatch> compactions_;
  std::unique_ptr<rocksdb::DB> db_;
  FamilyHandles families_{};
  std::optional<Error> log_damage_;
  bool skipped_damage_ = false;
  std::atomic<bool> failed_{false};  // RocksDB refuses writes until resumed
  std::atomic<bool> low_space_{false};
  std::atomic<bool> waiting_for_room_{false};  // said so already
  std::atomic<bool> needs_restart_{false};     // said so already
};

}  // namespace sluice::storage
