#include "daemon/storage/columns/text_codes.h"

#include <bit>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::storage {

namespace {

// Open addressing with linear probing, at most half full.
struct Entry {
  std::uint32_t hash = 0;
  std::uint32_t code = 0;  // + 1; 0: free
};

}  // namespace

TextCodes::TextCodes(std::shared_ptr<const SlotColumn> column) : column_(std::move(column)) {
  const std::size_t rows = column_->size();
  std::vector<Entry> entries(std::bit_ceil(2 * rows + 1));
  const std::size_t mask = entries.size() - 1;
  codes_.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string_view value = column_->text(row);
    const std::uint64_t hash = XXH3_64bits(value.data(), value.size());
    const auto part = static_cast<std::uint32_t>(hash >> 32);
    std::size_t place = hash & mask;
    while (entries[place].code != 0 &&
           (entries[place].hash != part || values_[entries[place].code - 1] != value))
      place = (place + 1) & mask;
    if (entries[place].code == 0) {
      values_.push_back(value);
      hashes_.push_back(hash);
      entries[place] = {part, static_cast<std::uint32_t>(values_.size())};
    }
    codes_.push_back(static_cast<std::uint16_t>(entries[place].code - 1));
  }
  values_.shrink_to_fit();
  hashes_.shrink_to_fit();
}

}  // namespace sluice::storage
