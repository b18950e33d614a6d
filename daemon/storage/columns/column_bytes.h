// ColumnBytes: which bytes the values of the columns of a row group are made of, as far as columns
// were decoded. A word with a byte that a column does not have is not in it: searches need not
// decode the column a second time to know.
//
// Facts are only added, so that it is shared by all readers of a row group. Safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "daemon/storage/columns/slot_column.h"

namespace sluice::storage {

class ColumnBytes {
 public:
  explicit ColumnBytes(std::size_t columns)
      : columns_(columns), sets_(std::make_unique<Set[]>(columns)) {}

  bool known(std::size_t column) const {
    return sets_[column].known.load(std::memory_order_acquire);
  }
  // Of a dictionary or text column.
  void learn(std::size_t column, const SlotColumn& values);
  // False: no value contains `text`, in any case of ASCII letters if `fold` (then it is in lower
  // case).
  bool may_contain(std::size_t column, std::string_view text, bool fold) const;

  std::size_t memory_bytes() const { return sizeof(ColumnBytes) + columns_ * sizeof(Set); }

 private:
  struct Set {
    std::array<std::atomic<std::uint64_t>, 4> bits{};  // by byte
    std::atomic<bool> known{false};

    bool has(char c) const;
  };
  std::size_t columns_;
  std::unique_ptr<Set[]> sets_;
};

}  // namespace sluice::storage
