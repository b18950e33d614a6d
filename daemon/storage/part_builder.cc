#include "daemon/storage/part_builder.h"

#include <algorithm>

#include "base/types/assert.h"

namespace sluice::storage {

PartBuilder::PartBuilder(Day day, TenantId tenant, PartId id, int zstd_level, Sink sink)
    : part_{day, std::move(tenant), id, {}}, level_(zstd_level), sink_(std::move(sink)) {}

void PartBuilder::begin_stream(const LabelSet& labels) {
  auto& streams = directory_.streams;
  if (!streams.empty() && streams.back() == labels) return;
  SLUICE_ASSERT(streams.empty() || streams.back() < labels);
  streams.push_back(labels);
}

Result<void> PartBuilder::add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
                              const LabelSet* metadata) {
  SLUICE_ASSERT(!directory_.streams.empty());
  const auto stream = static_cast<std::uint32_t>(directory_.streams.size() - 1);
  if (group_.runs.empty() || group_.runs.back().stream != stream) {
    group_.runs.push_back({stream, 0, timestamp, timestamp});
    rows_.begin_run();
  }
  Run& run = group_.runs.back();
  SLUICE_ASSERT(run.last <= timestamp);
  run.last = timestamp;
  ++run.rows;
  rows_.add(timestamp, sequence, line, metadata);
  auto& summary = part_.summary;
  summary.first = std::min(summary.first, timestamp);
  summary.last = std::max(summary.last, timestamp);
  summary.max_sequence = std::max(summary.max_sequence, sequence);
  if (rows_.full()) return close_group();
  return {};
}

Result<void> PartBuilder::close_group() {
  group_.rows = static_cast<std::uint32_t>(rows_.rows());
  group_.line_bytes = rows_.line_bytes();
  auto& summary = part_.summary;
  const auto encoded = rows_.finish(level_);
  summary.rows += group_.rows;
  summary.line_bytes += group_.line_bytes;
  summary.stored_bytes += encoded.bytes();
  const std::uint32_t number = summary.groups++;
  directory_.groups.push_back(std::move(group_));
  group_ = {};
  for (std::size_t chunk = 0; chunk < encoded.chunks.size(); ++chunk) {
    const std::string key = row_group_chunk_key(part_.day, part_.tenant, part_.id, number,
                                                static_cast<std::uint32_t>(chunk));
    SLUICE_CHECK(sink_(Family::rows, key, ValueType::row_group_chunk, encoded.chunks[chunk]));
  }
  const std::string key = row_group_key(part_.day, part_.tenant, part_.id, number);
  return sink_(Family::group, key, ValueType::row_group_header, encoded.header);
}

Result<PartPtr> PartBuilder::finish() {
  if (rows_.rows() > 0) SLUICE_CHECK(close_group());
  SLUICE_ASSERT(part_.summary.rows > 0);
  const std::string key = part_key(part_.day, part_.tenant, part_.id);
  SLUICE_CHECK(
      sink_(Family::group, key, ValueType::template_list, encode_templates(templates_.all())));
  SLUICE_CHECK(sink_(Family::directory, key, ValueType::part_directory,
                     encode_directory(directory_, part_.summary.first)));
  return std::make_shared<const Part>(std::move(part_));
}

}  // namespace sluice::storage
