#include "daemon/storage/sample_part.h"

#include "daemon/storage/samples/packed_body.h"

namespace sluice::storage {

std::int64_t window_of(std::int64_t timestamp_ms) {
  return timestamp_ms / part_window_ms - (timestamp_ms % part_window_ms < 0 ? 1 : 0);
}

std::string encode_sample_summary(const SamplePartSummary& summary) {
  std::string payload;
  put_varint(payload, summary.number);
  put_zigzag(payload, summary.first_ms);
  put_zigzag(payload, summary.last_ms);
  put_varint(payload, summary.series);
  put_varint(payload, summary.samples);
  put_varint(payload, summary.groups);
  put_varint(payload, summary.tables);
  put_varint(payload, summary.bytes);
  return payload;
}

Result<SamplePartSummary> decode_sample_summary(std::string_view payload) {
  ByteReader in(payload);
  SamplePartSummary summary;
  summary.number = in.varint();
  summary.first_ms = in.zigzag();
  summary.last_ms = in.zigzag();
  summary.series = in.varint();
  summary.samples = in.varint();
  const std::uint64_t groups = in.varint();
  const std::uint64_t tables = in.varint();
  summary.bytes = in.varint();
  const bool sound = in.finished() && groups <= UINT32_MAX && tables <= UINT32_MAX &&
                     summary.first_ms <= summary.last_ms;
  if (!sound) return Error{ErrorCode::corrupt, "sample part summary does not decode"};
  summary.groups = static_cast<std::uint32_t>(groups);
  summary.tables = static_cast<std::uint32_t>(tables);
  return summary;
}

std::string encode_sample_index(const SampleIndex& index, int level) {
  std::string body;
  put_varint(body, index.size());
  for (const SampleGroupInfo& group : index) {
    put_string(body, group.first_key);
    put_varint(body, group.series);
    put_string(body, group.least_name);
    put_string(body, group.greatest_name);
  }
  return pack_zstd(body, level);
}

Result<SampleIndex> decode_sample_index(std::string_view payload) {
  SLUICE_TRY(const std::string body, unpack_zstd(payload));
  ByteReader in(body);
  const std::size_t count = in.count(4);
  SampleIndex index;
  bool sound = true;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    SampleGroupInfo group;
    group.first_key = in.string();
    const std::uint64_t series = in.varint();
    group.series = static_cast<std::uint32_t>(series);
    group.least_name = in.string();
    group.greatest_name = in.string();
    sound = sound && series > 0 && series <= UINT32_MAX &&
            (index.empty() || index.back().first_key < group.first_key);
    index.push_back(std::move(group));
  }
  if (!in.finished() || !sound)
    return Error{ErrorCode::corrupt, "index of a sample part does not decode"};
  return index;
}

}  // namespace sluice::storage
