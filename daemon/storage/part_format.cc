#include "daemon/storage/part_format.h"

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

constexpr int directory_zstd_level = 1;

Error damaged_part(std::string_view what) {
  return {ErrorCode::corrupt, "part: " + std::string(what)};
}

void put_group(std::string& out, const GroupInfo& group, Timestamp part_first) {
  put_varint(out, group.rows);
  put_varint(out, group.line_bytes);
  put_varint(out, group.runs.size());
  std::uint32_t previous = 0;
  for (const Run& run : group.runs) {
    put_varint(out, run.stream - previous);
    previous = run.stream;
    put_varint(out, run.rows);
    put_zigzag(out, wrapping_sub(unix_ns(run.first), unix_ns(part_first)));
    const std::int64_t span = wrapping_sub(unix_ns(run.last), unix_ns(run.first));
    put_varint(out, static_cast<std::uint64_t>(span));
  }
}

Run read_run(ByteReader& in, std::uint32_t previous, Timestamp part_first) {
  Run run;
  run.stream = previous + static_cast<std::uint32_t>(in.varint());
  run.rows = static_cast<std::uint32_t>(in.varint());
  const std::int64_t first = wrapping_add(unix_ns(part_first), in.zigzag());
  run.first = from_unix_ns(first);
  run.last = from_unix_ns(wrapping_add(first, static_cast<std::int64_t>(in.varint())));
  return run;
}

// False if the runs do not add up.
bool read_group(ByteReader& in, GroupInfo& group, std::size_t streams, Timestamp part_first) {
  group.rows = static_cast<std::uint32_t>(in.varint());
  group.line_bytes = in.varint();
  const std::size_t runs = in.count(4);
  group.runs.reserve(runs);
  std::uint64_t rows = 0;
  std::uint32_t stream = 0;
  for (std::size_t i = 0; i < runs && in.ok(); ++i) {
    group.runs.push_back(read_run(in, stream, part_first));
    stream = group.runs.back().stream;
    rows += group.runs.back().rows;
    if (stream >= streams || group.runs.back().rows == 0) return false;
  }
  return in.ok() && rows == group.rows;
}

}  // namespace

std::size_t PartDirectory::memory_bytes() const {
  std::size_t bytes = sizeof(PartDirectory);
  for (const auto& labels : streams) {
    bytes += sizeof(LabelSet);
    for (const auto& label : labels) bytes += sizeof(label) + label.value.size();
  }
  for (const auto& group : groups) bytes += sizeof(group) + group.runs.size() * sizeof(Run);
  return bytes;
}

std::string encode_summary(const PartSummary& summary) {
  std::string out;
  put_varint(out, part_version);
  put_varint(out, summary.rows);
  put_varint(out, summary.line_bytes);
  put_varint(out, summary.stored_bytes);
  put_zigzag(out, unix_ns(summary.first));
  put_zigzag(out, unix_ns(summary.last));
  put_varint(out, summary.max_sequence);
  put_varint(out, summary.groups);
  return out;
}

Result<PartSummary> decode_summary(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t version = in.varint();
  if (version < oldest_part_version || version > part_version)
    return damaged_part("unknown version " + std::to_string(version));
  PartSummary summary;
  summary.rows = in.varint();
  summary.line_bytes = in.varint();
  summary.stored_bytes = in.varint();
  summary.first = from_unix_ns(in.zigzag());
  summary.last = from_unix_ns(in.zigzag());
  summary.max_sequence = in.varint();
  summary.groups = static_cast<std::uint32_t>(in.varint());
  if (!in.finished()) return damaged_part("bad summary");
  return summary;
}

std::string encode_directory(const PartDirectory& directory, Timestamp part_first) {
  std::string raw;
  put_varint(raw, directory.streams.size());
  for (const auto& labels : directory.streams) put_labels(raw, labels);
  put_varint(raw, directory.groups.size());
  for (const auto& group : directory.groups) put_group(raw, group, part_first);
  std::string out;
  put_varint(out, raw.size());
  append_zstd(out, raw, directory_zstd_level);
  return out;
}

Result<PartDirectory> decode_directory(std::string_view payload, Timestamp part_first) {
  ByteReader sized(payload);
  const std::uint64_t raw_size = sized.varint();
  if (!sized.ok()) return damaged_part("directory without size");
  SLUICE_TRY(const std::string raw, zstd_block(sized.bytes(sized.left()), raw_size));
  ByteReader in(raw);
  PartDirectory directory;
  directory.streams.resize(in.count(1));
  for (auto& labels : directory.streams) labels = in.labels();
  directory.groups.resize(in.count(3));
  for (auto& group : directory.groups)
    if (!read_group(in, group, directory.streams.size(), part_first))
      return damaged_part("directory does not add up");
  if (!in.finished()) return damaged_part("bad directory");
  return directory;
}

}  // namespace sluice::storage
