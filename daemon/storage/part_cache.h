// PartCache: what is known of parts before rows are read (directories, template lists, row group
// headers), decoded; least recently used out first, bounded by bytes. Safe from any thread.
#pragma once

#include <atomic>
#include <memory>

#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/database.h"
#include "daemon/storage/lru_cache.h"
#include "daemon/storage/part_builder.h"

namespace sluice::storage {

// Counts the bytes of values that had to be read from the store, as stored.
using BytesRead = std::atomic<std::uint64_t>;

class PartCache {
 public:
  PartCache(const Database& database, std::size_t max_bytes)
      : database_(database), entries_(max_bytes) {}

  // Each reads through, adding to `bytes_read` unless that is null. Error(not_found): the part is
  // gone; corrupt; io.
  Result<std::shared_ptr<const PartDirectory>> directory(const Part& part, const Snapshot* snapshot,
                                                         BytesRead* bytes_read = nullptr);
  Result<std::shared_ptr<const TemplateList>> templates(const Part& part, const Snapshot* snapshot,
                                                        BytesRead* bytes_read = nullptr);
  Result<std::shared_ptr<const RowGroupHeader>> header(const Part& part, std::uint32_t group,
                                                       const Snapshot* snapshot,
                                                       BytesRead* bytes_read = nullptr);

 private:
  // Items of a part: 0 directory, 1 templates, 2 + n: header of group n.
  // Of the cache, or what load() gives, which is kept then.
  template <typename T, typename Load>
  Result<std::shared_ptr<const T>> get(const LruCache::Key& key, Load load);

  const Database& database_;
  LruCache entries_;
};

// Reads the chunks of a row group. The arguments must outlive what it returns, which may be called
// by one thread at a time.
FetchChunk chunk_fetcher(const Database& database, const Part& part, std::uint32_t group,
                         const Snapshot* snapshot);

}  // namespace sluice::storage
