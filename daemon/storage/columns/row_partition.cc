#include "daemon/storage/columns/row_partition.h"

#include "daemon/storage/columns/touched.h"

namespace sluice::storage {

namespace {

constexpr std::size_t max_rows = std::size_t{1} << 16;

}  // namespace

RowPartition RowPartition::of(std::span<const std::int64_t> kinds,
                              std::span<const std::uint32_t> counts) {
  RowPartition out;
  out.starts_.push_back(0);
  for (const std::uint32_t count : counts) out.starts_.push_back(out.starts_.back() + count);
  if (out.starts_.back() != kinds.size() || kinds.size() > max_rows) return {};
  std::vector<std::uint32_t> next(out.starts_.begin(), out.starts_.end() - 1);
  reserve_touched(out.kinds_, kinds.size());
  reserve_touched(out.ordinals_, kinds.size());
  reserve_touched(out.rows_, kinds.size());
  out.kinds_.resize(kinds.size());
  out.ordinals_.resize(kinds.size());
  out.rows_.resize(kinds.size());
  for (std::size_t row = 0; row < kinds.size(); ++row) {
    const auto kind = static_cast<std::size_t>(kinds[row]);  // negative ones become huge
    if (kind >= counts.size() || next[kind] == out.starts_[kind + 1]) return {};
    out.kinds_[row] = static_cast<std::uint16_t>(kind);
    out.ordinals_[row] = static_cast<std::uint16_t>(next[kind] - out.starts_[kind]);
    out.rows_[next[kind]++] = static_cast<std::uint32_t>(row);
  }
  return out;
}

}  // namespace sluice::storage
