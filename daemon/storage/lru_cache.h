// LruCache: immutable values of parts, the least recently used out first, bounded by their bytes.
// Safe from any thread. A part's number is never given again, so nothing in it grows stale; what is
// left of parts that are gone falls out in time.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "daemon/storage/keys.h"

namespace sluice::storage {

class LruCache {
 public:
  struct Key {
    PartId part = 0;
    std::uint64_t item = 0;  // a number always names the same type
    friend bool operator==(const Key&, const Key&) = default;
  };

  explicit LruCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  std::shared_ptr<const void> find(const Key& key);  // or null
  // Keeps it, unless it alone is more than the bound. What is there already stays.
  void insert(const Key& key, std::shared_ptr<const void> value, std::size_t bytes);
  std::size_t bytes() const;

 private:
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

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> index_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::storage
