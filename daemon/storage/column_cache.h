// ColumnCache: decoded columns of row groups, so that the next query need neither read nor
// decompress nor decode them. Bounded by bytes; safe from any thread. Merges and checks read past
// it.
#pragma once

#include <memory>

#include "daemon/storage/columns/decoded_items.h"
#include "daemon/storage/lru_cache.h"
#include "daemon/storage/storage_metrics.h"

namespace sluice::storage {

class ColumnCache {
 public:
  // 0 bytes: keeps nothing. `metrics` must outlive it.
  ColumnCache(std::size_t max_bytes, StorageMetrics& metrics)
      : columns_(max_bytes), metrics_(metrics) {}

  // Of a row group; must not outlive the cache.
  std::unique_ptr<DecodedItems> items(PartId part, std::uint32_t group);

 private:
  class GroupItems;
  LruCache columns_;
  StorageMetrics& metrics_;
};

}  // namespace sluice::storage
