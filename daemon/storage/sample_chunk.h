// Sample chunks: the samples of one series, delta-of-delta timestamps and XORed values in a bit
// stream. Format: docs/format/sample-chunk.md. Values come back bit by bit, NaN payloads included.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/log_entry.h"
#include "base/types/result.h"
#include "daemon/storage/bit_stream.h"

namespace sluice::storage {

// Timestamps after the first, as deltas of deltas; shared by chunks of floats of both forms.
class TimestampWriter {
 public:
  explicit TimestampWriter(std::int64_t first) : time_(first) {}
  void put(BitWriter& out, std::int64_t timestamp_ms);

 private:
  std::int64_t time_;
  std::int64_t delta_ = 0;
};
class TimestampReader {
 public:
  explicit TimestampReader(std::int64_t first) : time_(first) {}
  // False: not after the one before, or past the end.
  bool get(BitReader& in, std::int64_t& timestamp_ms);

 private:
  std::int64_t time_;
  std::int64_t delta_ = 0;
};

// `samples`: ascending timestamps, unique, at least one.
std::string encode_chunk(std::span<const Sample> samples);
// Error(corrupt).
Result<std::vector<Sample>> decode_chunk(std::string_view payload);

}  // namespace sluice::storage
