// How RocksDB is set up, per family. For database*.cc only.
#pragma once

#include <memory>

#include "daemon/storage/keys.h"
#include "daemon/storage/store.h"

namespace rocksdb {
class Cache;
class Env;
struct ColumnFamilyOptions;
struct DBOptions;
}  // namespace rocksdb

namespace sluice::storage {

class CompactionWatch;

// `env`: null for the real disk. `watch` is told of compactions that failed.
rocksdb::DBOptions database_options(rocksdb::Env* env, std::shared_ptr<CompactionWatch> watch);
rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache);
std::shared_ptr<rocksdb::Cache> make_block_cache(const StoreOptions& options);

}  // namespace sluice::storage
