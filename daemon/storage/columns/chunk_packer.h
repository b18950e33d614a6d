// ChunkPacker: puts encoded columns one behind the other into chunks, small ones into the header.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/storage/columns/row_group_header.h"

namespace sluice::storage {

class ChunkPacker {
 public:
  explicit ChunkPacker(int zstd_level) : level_(zstd_level) {}

  // In the order of the format page.
  ColumnPlace add(std::string_view column);
  // Closes the last chunk. Then the results:
  void finish();
  std::vector<std::string> chunks;        // compressed
  std::vector<std::uint32_t> raw_sizes;   // of each
  std::string small;

 private:
  void close();

  int level_;
  std::string open_;
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
