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

bool PartBuilder::count_row(Timestamp timestamp, std::uint64_t sequence) {
  SLUICE_ASSERT(!directory_.streams.empty());
  const auto stream = static_cast<std::uint32_t>(directory_.streams.size() - 1);
  const bool begins = group_.runs.empty() || group_.runs.back().stream != stream;
  if (begins) group_.runs.push_back({stream, 0, timestamp, timestamp});
  Run& run = group_.runs.back();
  SLUICE_ASSERT(run.last <= timestamp);
  run.last = timestamp;
  ++run.rows;
  ++group_.rows;
  auto& summary = part_.summary;
  summary.first = std::min(summary.first, timestamp);
  summary.last = std::max(summary.last, timestamp);
  summary.max_sequence = std::max(summary.max_sequence, sequence);
  return begins;
}

Result<void> PartBuilder::add(Timestamp timestamp, std::uint64_t sequence, std::string_view line,
                              const LabelSet* metadata) {
  if (count_row(timestamp, sequence)) rows_.begin_run();
  rows_.add(timestamp, sequence, line, metadata);
  if (!rows_.full()) return {};
  const std::size_t bytes = rows_.line_bytes();
  return close_group(bytes, rows_.finish(level_));
}

Result<void> PartBuilder::add(const MergeGroupPtr& group, std::uint32_t row) {
  if (count_row(group->timestamp(row), group->sequence(row))) merged_.begin_run();
  merged_.add(group, row);
  if (!merged_.full()) return {};
  const std::size_t bytes = merged_.line_bytes();
  return close_group(bytes, merged_.finish(level_));
}

Result<void> PartBuilder::close_group(std::size_t line_bytes, const EncodedGroup& encoded) {
  group_.line_bytes = line_bytes;
  auto& summary = part_.summary;
  summary.rows += group_.rows;
  summary.line_bytes += line_bytes;
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
  if (rows_.rows() > 0) {
    const std::size_t bytes = rows_.line_bytes();
    SLUICE_CHECK(close_group(bytes, rows_.finish(level_)));
  }
  if (merged_.rows() > 0) {
    const std::size_t bytes = merged_.line_bytes();
    SLUICE_CHECK(close_group(bytes, merged_.finish(level_)));
  }
  SLUICE_ASSERT(part_.summary.rows > 0);
  const std::string key = part_key(part_.day, part_.tenant, part_.id);
  SLUICE_CHECK(
      sink_(Family::group, key, ValueType::template_list, encode_templates(templates_.all())));
  SLUICE_CHECK(sink_(Family::directory, key, ValueType::part_directory,
                     encode_directory(directory_, part_.summary.first)));
  return std::make_shared<const Part>(std::move(part_));
}

}  // namespace sluice::storage
