#include "daemon/storage/database_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include "daemon/storage/rocks_listener.h"
#include "daemon/storage/rocks_log.h"

namespace sluice::storage {

namespace {

// Families of values compressed by us, written once, in about ascending order, and dropped by the
// range.
bool holds_parts(Family family) {
  return family == Family::rows || family == Family::group || family == Family::directory ||
         family == Family::sample_rows;
}

std::size_t memtable_bytes(Family family) {
  switch (family) {
    case Family::head: return 12 << 20;
    case Family::sample_head: return 16 << 20;
    case Family::rows: return 12 << 20;
    case Family::sample_rows: return 8 << 20;
    default: return 2 << 20;
  }
}

// Two memtables are written out as one: a push in the first that is sealed in the second never
// reaches a file. What does is soon compacted away.
void keep_in_memory(rocksdb::ColumnFamilyOptions& options) {
  options.compression = rocksdb::kNoCompression;  // compressed by us
  options.min_write_buffer_number_to_merge = 2;
  options.max_write_buffer_number = 4;
  options.level0_file_num_compaction_trigger = 2;
}

// Plain tables, no blob files: a blob file stays as long as one value in it does, and a merge frees
// some of many. Keys ascend with time, so that compaction moves most files instead of rewriting
// them; small files let a range that was removed go without its neighbours.
void keep_parts(rocksdb::ColumnFamilyOptions& options) {
  options.compression = rocksdb::kNoCompression;
  options.target_file_size_base = 16 << 20;
  options.max_bytes_for_level_base = 64 << 20;
  options.level_compaction_dynamic_level_bytes = true;
}

}  // namespace

rocksdb::DBOptions database_options(rocksdb::Env* env, std::shared_ptr<CompactionWatch> watch) {
  rocksdb::DBOptions options;
  if (env != nullptr) options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // Rarely written families hold old log files back until flushed; this bounds recovery time.
  options.max_total_wal_size = 64 << 20;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  // A start on a full disk must work; and a quick one is better.
  options.avoid_flush_during_recovery = true;
  options.wal_bytes_per_sync = 1 << 20;
  options.bytes_per_sync = 1 << 20;
  options.max_background_jobs = 2;
  options.max_open_files = 512;
  options.info_log = rocks_logger();
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.listeners.push_back(make_rocks_listener(std::move(watch)));
  // Concurrent synced writers: the next group writes its log while this one fills memtables.
  options.enable_pipelined_write = true;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.cache_index_and_filter_blocks = true;
  // As table_correct.cc reads them, whatever RocksDB's next version prefers.
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = memtable_bytes(family);
  options.arena_block_size = 64 << 10;
  options.compression = rocksdb::kLZ4Compression;
  if (family == Family::head) keep_in_memory(options);
  if (holds_parts(family)) keep_parts(options);
  return options;
}

std::shared_ptr<rocksdb::Cache> make_block_cache(const StoreOptions& options) {
  return rocksdb::NewLRUCache(options.cache_bytes);
}

}  // namespace sluice::storage
