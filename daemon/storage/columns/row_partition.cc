#include "daemon/storage/columns/row_partition.h"

#include <algorithm>
#include <utility>

#include "daemon/storage/columns/touched.h"

namespace sluice::storage {

namespace {

constexpr std::size_t max_rows = std::size_t{1} << 16;

}  // namespace

RowPartition RowPartition::of(std::vector<std::uint16_t> kinds,
                              std::span<const std::uint32_t> counts) {
  RowPartition out;
  out.starts_.reserve(counts.size() + 1);
  out.starts_.push_back(0);
  for (const std::uint32_t count : counts) out.starts_.push_back(out.starts_.back() + count);
  if (out.starts_.back() != kinds.size() || kinds.size() > max_rows) return {};
  std::vector<std::uint32_t> next(out.starts_.begin(), out.starts_.end() - 1);
  reserve_touched(out.rows_, kinds.size());
  out.rows_.resize(kinds.size());
  for (std::size_t row = 0; row < kinds.size(); ++row) {
    const std::size_t kind = kinds[row];
    if (kind >= counts.size() || next[kind] == out.starts_[kind + 1]) return {};
    out.rows_[next[kind]++] = static_cast<RowNumber>(row);
  }
  out.kinds_ = std::move(kinds);
  return out;
}

std::uint32_t OrdinalFinder::search(std::span<const RowNumber> rows, std::size_t row) {
  const auto found = std::lower_bound(rows.begin(), rows.end(), row);
  return static_cast<std::uint32_t>(found - rows.begin());
}

}  // namespace sluice::storage
