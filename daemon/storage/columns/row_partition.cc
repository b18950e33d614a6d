#include "daemon/storage/columns/row_partition.h"

namespace sluice::storage {

RowPartition RowPartition::of(std::span<const std::int64_t> kinds,
                              std::span<const std::uint32_t> counts) {
  RowPartition out;
  out.starts_.push_back(0);
  for (const std::uint32_t count : counts) out.starts_.push_back(out.starts_.back() + count);
  if (out.starts_.back() != kinds.size()) return {};
  std::vector<std::uint32_t> seen(counts.size());
  out.kinds_.reserve(kinds.size());
  out.ordinals_.reserve(kinds.size());
  out.rows_.resize(kinds.size());
  std::uint32_t row = 0;
  for (const std::int64_t kind : kinds) {
    const auto k = static_cast<std::size_t>(kind);  // negative ones become huge
    if (k >= counts.size() || seen[k] == counts[k]) return {};
    out.kinds_.push_back(static_cast<std::uint32_t>(k));
    out.ordinals_.push_back(seen[k]);
    out.rows_[out.starts_[k] + seen[k]++] = row++;
  }
  return out;
}

}  // namespace sluice::storage
