// PartCache: what is known of parts before rows are read (directories, template lists, row group
// headers), decoded; least recently used out first, bounded by bytes. Safe from any thread.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/database.h"
#include "daemon/storage/part_builder.h"

namespace sluice::storage {

class PartCache {
 public:
  PartCache(const Database& database, std::size_t max_bytes)
      : database_(database), max_bytes_(max_bytes) {}

  // Each reads through. Error(not_found): the part is gone; corrupt; io.
  Result<std::shared_ptr<const PartDirectory>> directory(const Part& part,
                                                         const Snapshot* snapshot);
  Result<std::shared_ptr<const TemplateList>> templates(const Part& part,
                                                        const Snapshot* snapshot);
  Result<std::shared_ptr<const RowGroupHeader>> header(const Part& part, std::uint32_t group,
                                                       const Snapshot* snapshot);

 private:
  struct Key {
    PartId part = 0;
    std::uint64_t item = 0;  // 0 directory, 1 templates, 2 + n: header of group n
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::uint64_t>{}(key.part * 0x9E3779B97F4A7C15ULL + key.item);
    }
  };
  struct Entry {
    Key key;
    std::size_t bytes;
    std::shared_ptr<const void> value;
  };
  std::shared_ptr<const void> find(const Key& key);
  void insert(const Key& key, std::shared_ptr<const void> value, std::size_t bytes);
  // Of the cache, or what load() gives, which is kept then.
  template <typename T, typename Load>
  Result<std::shared_ptr<const T>> get(const Key& key, Load load);

  const Database& database_;
  const std::size_t max_bytes_;
  std::mutex mutex_;
  // Protected by mutex_:
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> index_;
  std::size_t bytes_ = 0;
};

// Reads the chunks of a row group. The arguments must outlive what it returns, which may be called
// by one thread at a time.
FetchChunk chunk_fetcher(const Database& database, const Part& part, std::uint32_t group,
                         const Snapshot* snapshot);

}  // namespace sluice::storage
