// ChunkPacker: puts encoded columns one behind the other into chunks, small ones into the header.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/row_group_header.h"

namespace sluice::storage {

// Columns lie by class: alike is compressed together, and a search of texts reads no numbers.
enum class ColumnClass : std::uint8_t { number, text, fixed, time };
inline constexpr std::array column_classes = {ColumnClass::number, ColumnClass::text,
                                              ColumnClass::fixed, ColumnClass::time};
ColumnClass class_of(ColumnShape shape);

class ChunkPacker {
 public:
  explicit ChunkPacker(int zstd_level) : level_(zstd_level) {}

  // In the order of the format page. Only the size of the place is known: chunks are numbered at
  // the end, and readers find places by sizes.
  ColumnPlace add(std::string_view column, ColumnClass of);
  // Closes the last chunks. Then the results:
  void finish();
  std::vector<std::string> chunks;       // compressed
  std::vector<std::uint32_t> raw_sizes;  // of each
  std::string small;

 private:
  struct Open {
    std::string raw;
    std::vector<std::string> chunks;
    std::vector<std::uint32_t> raw_sizes;
  };
  void close(ColumnClass of);

  int level_;
  std::array<Open, column_classes.size()> open_;
};

// The other way: where columns of these sizes, given in the same order, have been put.
class ChunkLayout {
 public:
  ChunkLayout(const std::vector<std::uint32_t>& raw_sizes, std::size_t small_size)
      : raw_sizes_(raw_sizes), small_size_(small_size) {}
  // False: it cannot be there.
  bool place(std::uint64_t size, ColumnPlace& out);
  // Every byte belongs to a column.
  bool complete() const;

 private:
  const std::vector<std::uint32_t>& raw_sizes_;
  std::size_t small_size_;
  std::uint32_t chunk_ = 0;
  std::uint32_t offset_ = 0;
  std::uint32_t small_offset_ = 0;
};

}  // namespace sluice::storage
