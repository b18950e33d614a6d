#include "daemon/storage/sample_chunk.h"

#include <array>
#include <bit>

#include "base/types/assert.h"
#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

// Widths of a delta of deltas, by number of leading ones in its prefix.
constexpr std::array<unsigned, 5> delta_bits = {0, 14, 17, 20, 64};
constexpr unsigned leading_max = 31;  // five bits

bool fits(std::int64_t delta, unsigned bits) {
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  return delta > -half && delta <= half;
}

void put_delta(BitWriter& out, std::int64_t delta) {
  if (delta == 0) return out.put(0, 1);
  const auto value = static_cast<std::uint64_t>(delta);
  for (unsigned ones = 1; ones <= 3; ++ones) {
    if (!fits(delta, delta_bits[ones])) continue;
    out.put(((1U << ones) - 1) << 1, ones + 1);
    return out.put(value, delta_bits[ones]);
  }
  out.put(0b1111, 4);
  out.put(value, 64);
}

std::int64_t get_delta(BitReader& in) {
  unsigned ones = 0;
  while (ones < 4 && in.bit()) ++ones;
  const unsigned bits = delta_bits[ones];
  if (bits == 0) return 0;
  const std::uint64_t raw = in.get(bits);
  if (bits == 64) return static_cast<std::int64_t>(raw);
  // Two's complement of `bits` bits, except that the upper bound reads as positive.
  const std::uint64_t half = std::uint64_t{1} << (bits - 1);
  if (raw <= half) return static_cast<std::int64_t>(raw);
  return static_cast<std::int64_t>(raw) - (std::int64_t{1} << bits);
}

// The window of meaningful bits that the last XOR with a control of 11 set.
struct Window {
  unsigned leading = 0;
  unsigned length = 0;  // 0: none yet
};

void put_xor(BitWriter& out, Window& window, std::uint64_t x) {
  if (x == 0) return out.put(0, 1);
  unsigned leading = static_cast<unsigned>(std::countl_zero(x));
  if (leading > leading_max) leading = leading_max;
  const auto trailing = static_cast<unsigned>(std::countr_zero(x));
  const unsigned end = window.leading + window.length;
  if (window.length > 0 && leading >= window.leading && 64 - trailing <= end) {
    out.put(0b10, 2);
    return out.put(x >> (64 - end), window.length);
  }
  window = {leading, 64 - leading - trailing};
  out.put(0b11, 2);
  out.put(window.leading, 5);
  out.put(window.length - 1, 6);
  out.put(x >> trailing, window.length);
}

// False: the stream says what no writer says.
bool get_xor(BitReader& in, Window& window, std::uint64_t& x) {
  x = 0;
  if (!in.bit()) return true;
  if (in.bit()) {
    window.leading = static_cast<unsigned>(in.get(5));
    window.length = static_cast<unsigned>(in.get(6)) + 1;
  }
  if (window.length == 0 || window.leading + window.length > 64) return false;
  x = in.get(window.length) << (64 - window.leading - window.length);
  return true;
}

Error damaged() {
  return {ErrorCode::corrupt, "sample chunk does not decode"};
}

}  // namespace

void TimestampWriter::put(BitWriter& out, std::int64_t timestamp_ms) {
  const std::int64_t step = wrapping_sub(timestamp_ms, time_);
  put_delta(out, wrapping_sub(step, delta_));
  delta_ = step;
  time_ = timestamp_ms;
}

bool TimestampReader::get(BitReader& in, std::int64_t& timestamp_ms) {
  delta_ = wrapping_add(delta_, get_delta(in));
  timestamp_ms = wrapping_add(time_, delta_);
  const bool later = timestamp_ms > time_;
  time_ = timestamp_ms;
  return later && in.ok();
}

std::string encode_chunk(std::span<const Sample> samples) {
  SLUICE_ASSERT(!samples.empty());
  std::string out;
  put_varint(out, samples.size());
  put_zigzag(out, samples.front().timestamp_ms);
  BitWriter bits(out);
  auto value = std::bit_cast<std::uint64_t>(samples.front().value);
  bits.put(value, 64);
  Window window;
  TimestampWriter times(samples.front().timestamp_ms);
  for (std::size_t i = 1; i < samples.size(); ++i) {
    times.put(bits, samples[i].timestamp_ms);
    const auto next = std::bit_cast<std::uint64_t>(samples[i].value);
    put_xor(bits, window, value ^ next);
    value = next;
  }
  return out;
}

Result<std::vector<Sample>> decode_chunk(std::string_view payload) {
  ByteReader in(payload);
  const std::uint64_t count = in.varint();
  const std::int64_t first = in.zigzag();
  // Every sample after the first takes at least two bits.
  if (!in.ok() || count == 0 || in.left() < 8 || count - 1 > in.left() * 4) return damaged();
  BitReader bits(in.bytes(in.left()));
  std::uint64_t value = bits.get(64);
  std::vector<Sample> samples;
  samples.reserve(count);
  samples.push_back({first, std::bit_cast<double>(value)});
  Window window;
  TimestampReader times(first);
  for (std::uint64_t i = 1; i < count; ++i) {
    std::int64_t timestamp = 0;
    std::uint64_t x = 0;
    if (!times.get(bits, timestamp) || !get_xor(bits, window, x) || !bits.ok()) return damaged();
    value ^= x;
    samples.push_back({timestamp, std::bit_cast<double>(value)});
  }
  if (!bits.finished()) return damaged();
  return samples;
}

}  // namespace sluice::storage
