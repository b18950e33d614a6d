#include "daemon/storage/columns/minute_counts.h"

namespace sluice::storage {

namespace {

Error bad_minutes() {
  return {ErrorCode::corrupt, "row group: minutes do not add up"};
}

}  // namespace

std::int64_t minute_of(Timestamp t) {
  const std::int64_t ns = unix_ns(t);
  const std::int64_t minute = ns / ns_per_minute;
  // Division rounds to zero; minutes are open on the left.
  return ns % ns_per_minute > 0 ? minute : minute - 1;
}

Result<MinuteCounts> MinuteCounts::decode(std::string_view encoded, std::uint64_t rows) {
  ByteReader in(encoded);
  const std::size_t runs = in.count(1);
  std::uint64_t counted = 0;
  for (std::size_t run = 0; run < runs && in.ok(); ++run)
    for (std::size_t left = in.count(3); left > 0 && in.ok(); --left) {
      in.zigzag();
      const std::uint64_t in_minute = in.varint();
      in.varint();
      if (in_minute == 0 || in_minute > rows - counted) return bad_minutes();
      counted += in_minute;
    }
  if (!in.finished() || counted != rows) return bad_minutes();
  MinuteCounts counts;
  counts.encoded_ = encoded;
  return counts;
}

void MinuteCountsBuilder::add(Timestamp t, std::size_t line_bytes) {
  const std::int64_t minute = minute_of(t);
  auto& run = runs_.back();
  if (run.empty() || run.back().minute != minute) run.push_back({minute, 0, 0});
  ++run.back().rows;
  run.back().bytes += line_bytes;
}

std::string MinuteCountsBuilder::finish() const {
  std::string out;
  put_varint(out, runs_.size());
  std::int64_t previous = 0;
  for (const auto& run : runs_) {
    put_varint(out, run.size());
    for (const MinuteCount& count : run) {
      put_zigzag(out, wrapping_sub(count.minute, previous));
      previous = count.minute;
      put_varint(out, count.rows);
      put_varint(out, count.bytes);
    }
  }
  return out;
}

}  // namespace sluice::storage
