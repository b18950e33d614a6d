// RowPartition: the rows of a row group by kind (template, or shape of metadata): which rows are of
// kind k, and, the other way, the kind of a row and its place among the rows of its kind.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sluice::storage {

class RowPartition {
 public:
  RowPartition() = default;
  // kinds[row] < number of kinds; counts[k] rows are expected of kind k. An empty partition if that
  // is not so.
  static RowPartition of(std::span<const std::int64_t> kinds,
                         std::span<const std::uint32_t> counts);

  bool empty() const { return kinds_.empty(); }
  std::uint32_t kind(std::size_t row) const { return kinds_[row]; }
  std::uint32_t ordinal(std::size_t row) const { return ordinals_[row]; }
  // Ascending.
  std::span<const std::uint32_t> rows(std::size_t kind) const {
    return std::span(rows_).subspan(starts_[kind], starts_[kind + 1] - starts_[kind]);
  }
  std::size_t memory_bytes() const {
    return kinds_.size() * 8 + starts_.size() * 4;
  }

 private:
  // A row group has at most 65,536 rows, and so kinds.
  std::vector<std::uint16_t> kinds_;
  std::vector<std::uint16_t> ordinals_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace sluice::storage
