#include "daemon/storage/part_cache.h"

namespace sluice::storage {

namespace {

Error part_error(ErrorCode code, const Part& part, const std::string& what) {
  return {code, "part " + std::to_string(part.id) + ": " + what};
}

// A value that every part has.
Result<Value> read_value(const Database& database, const Part& part, Family family,
                         const std::string& key, ValueType type, const Snapshot* snapshot,
                         BytesRead* bytes_read = nullptr) {
  SLUICE_TRY(auto value, database.get(family, key, type, snapshot));
  if (!value)
    return part_error(ErrorCode::not_found, part, "nothing under key " + printable_key(key));
  if (bytes_read != nullptr) *bytes_read += value->payload().size();
  return std::move(*value);
}

std::size_t memory_of(const PartDirectory& directory) {
  return directory.memory_bytes();
}

std::size_t memory_of(const RowGroupHeader& header) {
  return header.memory_bytes();
}

std::size_t memory_of(const TemplateList& templates) {
  std::size_t bytes = sizeof(TemplateList);
  for (const auto& pattern : templates) {
    bytes += sizeof(pattern);
    for (const auto& piece : pattern.pieces) bytes += sizeof(piece) + piece.size();
    for (const auto& field : pattern.fields) bytes += sizeof(field) + field.size();
  }
  return bytes;
}

}  // namespace

template <typename T, typename Load>
Result<std::shared_ptr<const T>> PartCache::get(const LruCache::Key& key, Load load) {
  if (auto found = entries_.find(key)) return std::static_pointer_cast<const T>(found);
  SLUICE_TRY(T decoded, load());
  auto value = std::make_shared<const T>(std::move(decoded));
  entries_.insert(key, value, memory_of(*value));
  return value;
}

Result<std::shared_ptr<const PartDirectory>> PartCache::directory(const Part& part,
                                                                  const Snapshot* snapshot,
                                                                  BytesRead* bytes_read) {
  return get<PartDirectory>({part.id, 0}, [&]() -> Result<PartDirectory> {
    const std::string key = part_key(part.day, part.tenant, part.id);
    SLUICE_TRY(const Value value, read_value(database_, part, Family::directory, key,
                                             ValueType::part_directory, snapshot, bytes_read));
    SLUICE_TRY(auto decoded, decode_directory(value.payload(), part.summary.first));
    if (decoded.groups.size() != part.summary.groups)
      return part_error(ErrorCode::corrupt, part,
                        "summary and directory count row groups differently");
    return decoded;
  });
}

Result<std::shared_ptr<const TemplateList>> PartCache::templates(const Part& part,
                                                                 const Snapshot* snapshot,
                                                                 BytesRead* bytes_read) {
  return get<TemplateList>({part.id, 1}, [&]() -> Result<TemplateList> {
    const std::string key = part_key(part.day, part.tenant, part.id);
    SLUICE_TRY(const Value value, read_value(database_, part, Family::group, key,
                                             ValueType::template_list, snapshot, bytes_read));
    return decode_templates(value.payload());
  });
}

Result<std::shared_ptr<const RowGroupHeader>> PartCache::header(const Part& part,
                                                                std::uint32_t group,
                                                                const Snapshot* snapshot,
                                                                BytesRead* bytes_read) {
  return get<RowGroupHeader>({part.id, 2 + std::uint64_t{group}}, [&]() -> Result<RowGroupHeader> {
    const std::string key = row_group_key(part.day, part.tenant, part.id, group);
    SLUICE_TRY(const Value value, read_value(database_, part, Family::group, key,
                                             ValueType::row_group_header, snapshot, bytes_read));
    return decode_header(value.payload());
  });
}

FetchChunk chunk_fetcher(const Database& database, const Part& part, std::uint32_t group,
                         const Snapshot* snapshot) {
  return [&database, &part, group, snapshot](std::uint32_t chunk) -> Result<std::string> {
    const std::string key = row_group_chunk_key(part.day, part.tenant, part.id, group, chunk);
    SLUICE_TRY(const Value value,
               read_value(database, part, Family::rows, key, ValueType::row_group_chunk, snapshot));
    return std::string(value.payload());
  };
}

}  // namespace sluice::storage
