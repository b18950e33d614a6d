// TextCodes: the values of a text column by small numbers, as a dictionary has them. Who wants to
// know something of each value, asks once per distinct one; kept beside the column for later
// queries. Immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

class PatternColumn;

class TextCodes {
 public:
  // Of a column of text or of patterns. Text is kept, patterns are not.
  explicit TextCodes(std::shared_ptr<const SlotColumn> column);

  std::uint32_t code(std::size_t row) const { return codes_[row]; }
  // By code, in the order of first use; each once, but that two patterns may give the same value.
  std::span<const std::string_view> values() const { return values_; }
  // XXH3, 64 bits, of each value.
  std::span<const std::uint64_t> hashes() const { return hashes_; }
  std::size_t memory_bytes() const {
    // With the column, which stays while they do, whether it is still cached by itself or not.
    return (column_ ? column_->memory_bytes() : 0) + bytes_.capacity() + codes_.capacity() * 2 +
           values_.capacity() * sizeof(values_[0]) + hashes_.capacity() * 8;
  }

 private:
  void number_texts(const SlotColumn& column);
  void number_parts(const PatternColumn& parts);

  std::shared_ptr<const SlotColumn> column_;  // values_ are in it, or
  std::vector<char> bytes_;                   // here
  std::vector<std::uint16_t> codes_;          // a column has at most 65,536 rows
  std::vector<std::string_view> values_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace sluice::storage
