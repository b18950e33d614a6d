#include "daemon/storage/samples/time_table.h"

#include "base/types/assert.h"
#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/samples/packed_body.h"

namespace sluice::storage {

namespace {

Error bad_times() {
  return {ErrorCode::corrupt, "timestamps of samples do not decode"};
}

}  // namespace

void put_times(std::string& out, std::span<const Sample> samples) {
  SLUICE_ASSERT(!samples.empty());
  put_varint(out, samples.size());
  put_zigzag(out, samples.front().timestamp_ms);
  std::int64_t step = 0;
  std::size_t zeros = 0;  // differences of differences not yet written
  const auto flush_zeros = [&] {
    if (zeros == 0) return;
    put_varint(out, 0);
    put_varint(out, zeros);
    zeros = 0;
  };
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const std::int64_t next = wrapping_sub(samples[i].timestamp_ms, samples[i - 1].timestamp_ms);
    if (next == step) {
      ++zeros;
      continue;
    }
    flush_zeros();
    put_zigzag(out, wrapping_sub(next, step));
    step = next;
  }
  flush_zeros();
}

Result<std::vector<std::int64_t>> read_times(std::string_view table) {
  ByteReader in(table);
  const std::uint64_t count = in.varint();
  std::int64_t time = in.zigzag();
  if (!in.ok() || count == 0 || count > part_samples_max) return bad_times();
  std::vector<std::int64_t> times{time};
  std::int64_t step = 0;
  while (times.size() < count) {
    const std::int64_t delta = in.zigzag();
    const std::uint64_t run = delta == 0 ? in.varint() : 1;
    step = wrapping_add(step, delta);
    if (!in.ok() || run == 0 || run > count - times.size() || step <= 0) return bad_times();
    for (std::uint64_t i = 0; i < run; ++i) {
      const std::int64_t next = wrapping_add(time, step);
      if (next <= time) return bad_times();
      times.push_back(time = next);
    }
  }
  if (!in.finished()) return bad_times();
  return times;
}

std::string encode_time_block(std::span<const std::string> tables, int level) {
  std::string body;
  put_varint(body, tables.size());
  for (const std::string& table : tables) put_string(body, table);
  return pack_zstd(body, level);
}

Result<std::vector<std::string>> decode_time_block(std::string_view payload) {
  SLUICE_TRY(const std::string body, unpack_zstd(payload));
  ByteReader in(body);
  const std::size_t count = in.count(1);
  std::vector<std::string> tables;
  for (std::size_t i = 0; i < count && in.ok(); ++i) tables.emplace_back(in.string());
  if (!in.finished()) return bad_times();
  return tables;
}

}  // namespace sluice::storage
