#include "daemon/storage/header_counts.h"

#include <algorithm>

#include "daemon/storage/interval_counts.h"

namespace sluice::storage {

bool looks_at_metadata(const query::LogProjection& projection, const RowGroupHeader& header) {
  if (!projection.metadata) return !header.shapes.empty();
  const auto& wanted = *projection.metadata;
  return std::any_of(header.shapes.begin(), header.shapes.end(), [&](const auto& shape) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const auto& name) {
      return std::binary_search(shape.names.begin(), shape.names.end(), name);
    });
  });
}

bool HeaderCounts::serves(const query::LogSelect& select, const RowGroupHeader& header) {
  const auto& projection = select.projection;
  return projection.coalesce > Duration{0} && projection.coalesce.count() % ns_per_minute == 0 &&
         projection.lines == query::LogProjection::Lines::none && select.filters.empty() &&
         whole_minutes(select.range) && !looks_at_metadata(projection, header);
}

HeaderCounts::HeaderCounts(const RowGroupHeader& header, const PartScan& scan, std::uint32_t group,
                           const query::LogSelect& select, query::QueryStats& stats)
    : scan_(scan), info_(scan.directory->groups[group]), sizes_wanted_(select.projection.sizes) {
  const std::int64_t per_interval = select.projection.coalesce.count() / ns_per_minute;
  header.minutes.for_each([&](std::uint32_t run, const MinuteCount& count) {
    if (run >= info_.runs.size() || !scan_.wanted[info_.runs[run].stream]) return;
    const Timestamp minute_end = interval_end(count.minute, 1);
    if (!select.range.contains(minute_end)) return;
    const Timestamp end = interval_end(count.minute, per_interval);
    if (counted_.empty() || counted_.back().run != run || counted_.back().timestamp != end)
      counted_.push_back({run, end, 0, 0});
    counted_.back().rows += count.rows;
    counted_.back().bytes += count.bytes;
    stats.lines_processed += count.rows;
    stats.bytes_processed += count.bytes;
  });
}

bool HeaderCounts::next(query::LogBatch& batch) {
  if (next_ == counted_.size()) return false;
  timestamps_.clear();
  counts_.clear();
  sizes_.clear();
  const std::uint32_t run = counted_[next_].run;
  for (; next_ < counted_.size() && counted_[next_].run == run; ++next_) {
    timestamps_.push_back(counted_[next_].timestamp);
    counts_.push_back(counted_[next_].rows);
    sizes_.push_back(counted_[next_].bytes);
  }
  batch = {};
  batch.labels = &scan_.directory->streams[info_.runs[run].stream];
  batch.timestamps = timestamps_;
  batch.counts = counts_;
  if (sizes_wanted_) batch.sizes = sizes_;
  return true;
}

}  // namespace sluice::storage
