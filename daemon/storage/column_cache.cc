#include "daemon/storage/column_cache.h"

namespace sluice::storage {

class ColumnCache::GroupItems : public DecodedItems {
 public:
  GroupItems(ColumnCache& cache, PartId part, std::uint32_t group)
      : cache_(cache), part_(part), group_(group) {}

  std::shared_ptr<const void> find(std::uint32_t item) override {
    auto found = cache_.columns_.find(key(item));
    (found ? cache_.metrics_.column_cache_hits : cache_.metrics_.column_cache_misses).inc();
    return found;
  }
  void keep(std::uint32_t item, std::shared_ptr<const void> value, std::size_t bytes) override {
    cache_.columns_.insert(key(item), std::move(value), bytes);
    cache_.metrics_.column_cache_bytes.set(static_cast<double>(cache_.columns_.bytes()));
  }

 private:
  LruCache::Key key(std::uint32_t item) const {
    return {part_, std::uint64_t{group_} << 32 | item};
  }
  ColumnCache& cache_;
  const PartId part_;
  const std::uint32_t group_;
};

std::unique_ptr<DecodedItems> ColumnCache::items(PartId part, std::uint32_t group) {
  return std::make_unique<GroupItems>(*this, part, group);
}

}  // namespace sluice::storage
