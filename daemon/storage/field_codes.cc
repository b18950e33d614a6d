#include "daemon/storage/field_codes.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "daemon/storage/field_values.h"
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::storage {

namespace {

std::uint64_t hash_of(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace

std::uint32_t FieldCodes::code_of(bool quoted, std::string_view bytes, bool lasting) {
  return code_of(quoted, bytes, lasting, hash_of(bytes));
}

std::uint32_t FieldCodes::code_of(bool quoted, std::string_view bytes, bool lasting,
                                  std::uint64_t hash) {
  const auto value = field_value(parser_, quoted, bytes, scratch_);
  if (!value) return query::FieldColumn::absent;
  const bool same = value->data() == bytes.data() && value->size() == bytes.size();
  return find_or_add(*value, same ? hash : hash_of(*value), lasting && same);
}

std::vector<std::uint32_t> FieldCodes::add_all(std::span<const std::string_view> values,
                                               std::span<const std::uint64_t> hashes) {
  std::vector<std::uint32_t> codes(values.size());
  std::iota(codes.begin(), codes.end(), static_cast<std::uint32_t>(values_.size()));
  values_.insert(values_.end(), values.begin(), values.end());
  if (hashes.empty())
    std::transform(values.begin(), values.end(), std::back_inserter(hashes_), hash_of);
  else
    hashes_.insert(hashes_.end(), hashes.begin(), hashes.end());
  return codes;
}

std::uint32_t FieldCodes::find_or_add(std::string_view value, std::uint64_t hash, bool lasting) {
  const auto next = static_cast<std::uint32_t>(values_.size());
  const std::uint32_t code =
      table_.find_or_add(static_cast<std::uint32_t>(hash), next,
                         [&](std::uint32_t known) { return values_[known] == value; });
  if (code != next) return code;
  if (!lasting) {
    value = copies_.emplace_back(value);
    copied_bytes_ += sizeof(std::string) + value.size();
  }
  values_.push_back(value);
  hashes_.push_back(hash);
  return code;
}

std::size_t FieldCodes::memory_bytes() const {
  return table_.memory_bytes() + values_.capacity() * sizeof(values_[0]) +
         hashes_.capacity() * sizeof(hashes_[0]) + copied_bytes_;
}

}  // namespace sluice::storage
