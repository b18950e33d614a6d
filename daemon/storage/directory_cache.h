// DirectoryCache: decoded directories of parts, least recently used out first, bounded by bytes.
// Safe from any thread.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "daemon/storage/database.h"
#include "daemon/storage/part_builder.h"

namespace sluice::storage {

class DirectoryCache {
 public:
  DirectoryCache(const Database& database, std::size_t max_bytes)
      : database_(database), max_bytes_(max_bytes) {}

  // Reads through. Error(not_found): the part is gone; corrupt.
  Result<std::shared_ptr<const PartDirectory>> get(const Part& part, const Snapshot* snapshot);

 private:
  struct Entry {
    PartId part;
    std::size_t bytes;
    std::shared_ptr<const PartDirectory> directory;
  };
  std::shared_ptr<const PartDirectory> find(PartId part);
  void insert(PartId part, std::shared_ptr<const PartDirectory> directory);

  const Database& database_;
  const std::size_t max_bytes_;
  std::mutex mutex_;
  // Protected by mutex_:
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<PartId, std::list<Entry>::iterator> index_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::storage
