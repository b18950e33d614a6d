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

// `env`: null for the real disk.
rocksdb::DBOptions database_options(rocksdb::Env* env);
rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache);
std::shared_ptr<rocksdb::Cache> make_block_cache(const StoreOptions& options);

}  // namespace sluice::storage
