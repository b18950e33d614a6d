#include "daemon/storage/directory_cache.h"

namespace sluice::storage {

Result<std::shared_ptr<const PartDirectory>> DirectoryCache::get(const Part& part,
                                                                 const Snapshot* snapshot) {
  if (auto found = find(part.id)) return found;
  const std::string key = part_key(part.day, part.tenant, part.id);
  SLUICE_TRY(const auto value,
             database_.get(Family::directory, key, ValueType::part_directory, snapshot));
  if (!value)
    return Error{ErrorCode::not_found, "part " + std::to_string(part.id) + " has no directory"};
  SLUICE_TRY(auto decoded, decode_directory(value->payload(), part.summary.first));
  if (decoded.groups.size() != part.summary.groups)
    return Error{ErrorCode::corrupt, "part " + std::to_string(part.id) +
                                         ": summary and directory count row groups differently"};
  auto directory = std::make_shared<const PartDirectory>(std::move(decoded));
  insert(part.id, directory);
  return directory;
}

std::shared_ptr<const PartDirectory> DirectoryCache::find(PartId part) {
  const std::lock_guard lock(mutex_);
  const auto it = index_.find(part);
  if (it == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, it->second);
  return it->second->directory;
}

void DirectoryCache::insert(PartId part, std::shared_ptr<const PartDirectory> directory) {
  const std::size_t bytes = directory->memory_bytes();
  const std::lock_guard lock(mutex_);
  if (index_.count(part) > 0) return;
  entries_.push_front({part, bytes, std::move(directory)});
  index_[part] = entries_.begin();
  bytes_ += bytes;
  while (bytes_ > max_bytes_ && entries_.size() > 1) {
    bytes_ -= entries_.back().bytes;
    index_.erase(entries_.back().part);
    entries_.pop_back();
  }
}

}  // namespace sluice::storage
