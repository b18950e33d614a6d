#include "daemon/storage/lru_cache.h"

namespace sluice::storage {

namespace {

// Its places in the list and the index.
constexpr std::size_t entry_bytes = 192;

}  // namespace

std::shared_ptr<const void> LruCache::find(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto it = index_.find(key);
  if (it == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, it->second);
  return it->second->value;
}

void LruCache::insert(const Key& key, std::shared_ptr<const void> value, std::size_t bytes) {
  bytes += entry_bytes;
  if (bytes > max_bytes_) return;
  std::list<Entry> dropped;  // destroyed after the lock is given back
  const std::lock_guard lock(mutex_);
  if (index_.count(key) > 0) return;
  entries_.push_front({key, bytes, std::move(value)});
  index_[key] = entries_.begin();
  bytes_ += bytes;
  while (bytes_ > max_bytes_) {
    bytes_ -= entries_.back().bytes;
    index_.erase(entries_.back().key);
    dropped.splice(dropped.begin(), entries_, std::prev(entries_.end()));
  }
}

std::size_t LruCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace sluice::storage
