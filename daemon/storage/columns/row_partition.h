// RowPartition: the rows of a row group by kind (template, or shape of metadata): which rows are of
// kind k, and, the other way, the kind of a row. Four bytes a row, for queries of whole days hold
// one for each row group they read.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "daemon/storage/columns/row_set.h"

namespace sluice::storage {

class RowPartition {
 public:
  RowPartition() = default;
  // kinds[row] < number of kinds; counts[k] rows are expected of kind k. An empty partition if that
  // is not so.
  static RowPartition of(std::vector<std::uint16_t> kinds, std::span<const std::uint32_t> counts);

  bool empty() const { return kinds_.empty(); }
  std::uint32_t kind(std::size_t row) const { return kinds_[row]; }
  std::size_t kinds() const { return starts_.size() - 1; }
  // Ascending.
  std::span<const RowNumber> rows(std::size_t kind) const {
    return std::span(rows_).subspan(starts_[kind], starts_[kind + 1] - starts_[kind]);
  }
  std::size_t memory_bytes() const {
    return kinds_.capacity() * 2 + rows_.capacity() * 2 + starts_.capacity() * 4;
  }

 private:
  // A row group has at most 65,536 rows, and so kinds.
  std::vector<std::uint16_t> kinds_;
  std::vector<RowNumber> rows_;
  std::vector<std::uint32_t> starts_;
};

// Finds the place of a row among the rows of its kind: at once where it is next to the one that was
// asked for last, as when rows are gone through in either direction. One thread.
class OrdinalFinder {
 public:
  // `rows` must outlive it.
  explicit OrdinalFinder(const RowPartition& rows) : rows_(rows), last_(rows.kinds()) {}

  std::uint32_t of(std::size_t row) {
    const std::uint32_t kind = rows_.kind(row);
    const auto rows = rows_.rows(kind);
    std::uint32_t& last = last_[kind];
    if (rows[last] == row) return last;
    if (last + 1 < rows.size() && rows[last + 1] == row) return ++last;
    if (last > 0 && rows[last - 1] == row) return --last;
    return last = search(rows, row);
  }

 private:
  static std::uint32_t search(std::span<const RowNumber> rows, std::size_t row);

  const RowPartition& rows_;
  std::vector<std::uint32_t> last_;  // by kind
};

}  // namespace sluice::storage
