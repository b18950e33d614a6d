#include "daemon/storage/samples/head_chunk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/types/assert.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/samples/decimal.h"

namespace sluice::storage {

namespace {

constexpr std::array<unsigned, 5> time_bits = {0, 14, 17, 20, 64};  // by leading ones
constexpr std::array<unsigned, 8> step_bits = {4, 8, 11, 14, 18, 24, 34, 53};
constexpr unsigned exponents = 8;  // fit three bits

bool fits(std::int64_t n, unsigned bits) {
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  return n >= -half && n < half;
}

std::int64_t extend(std::uint64_t raw, unsigned bits) {
  const unsigned unused = 64 - bits;
  return static_cast<std::int64_t>(raw << unused) >> unused;
}

std::uint64_t low_bits(std::uint64_t value, unsigned count) {
  return count == 64 ? value : value & ((std::uint64_t{1} << count) - 1);
}

// Reads what HeadChunk wrote; it never leaves the process, so that nothing is checked.
class Reader {
 public:
  explicit Reader(const BitBuffer& bits) : bits_(bits) {}

  std::uint64_t get(unsigned count) {
    const std::uint64_t value = bits_.get(at_, count);
    at_ += count;
    return value;
  }
  std::int64_t time_step() {
    unsigned ones = 0;
    while (ones < 4 && get(1) != 0) ++ones;
    return ones == 0 ? 0 : extend(get(time_bits[ones]), time_bits[ones]);
  }
  double value(double before) {
    if (get(1) == 0) return before;
    if (get(1) == 0) return step(before);
    if (get(1) == 0) return changed(before);
    exponent_ = static_cast<unsigned>(get(3));
    return step(before);
  }

 private:
  double step(double before) {
    const unsigned width = step_bits[get(3)];
    const bool negative = get(1) != 0;
    const auto magnitude = static_cast<std::int64_t>(get(width));
    std::int64_t n = 0;
    to_decimal(before, exponent_, n);
    return from_decimal(negative ? n - magnitude : n + magnitude, exponent_);
  }
  double changed(double before) {
    const auto leading = static_cast<unsigned>(get(6));
    const auto length = static_cast<unsigned>(get(6)) + 1;
    return std::bit_cast<double>(bits_of(before) ^ get(length) << (64 - leading - length));
  }

  const BitBuffer& bits_;
  std::size_t at_ = 0;
  unsigned exponent_ = 0;
};

}  // namespace

void BitBuffer::resize(std::size_t bytes) {
  auto data = std::make_unique<std::uint8_t[]>(bytes);
  if (data_) std::memcpy(data.get(), data_.get(), std::min<std::size_t>(capacity_, bytes));
  data_ = std::move(data);
  capacity_ = static_cast<std::uint32_t>(bytes);
}

void BitBuffer::reserve(std::size_t bytes) {
  if (bytes <= capacity_) return;
  // Sizes of which an allocator wastes nothing: 8 more than a multiple of 16.
  const std::size_t wanted = std::max<std::size_t>(bytes, capacity_ + capacity_ / 4);
  resize(((wanted + 7) & ~std::size_t{15}) + 8);
}

void BitBuffer::shrink() {
  resize((bits_ + 7) / 8);
}

void BitBuffer::put(std::uint64_t value, unsigned count) {
  reserve((bits_ + count + 7) / 8);
  while (count > 0) {
    const unsigned room = 8 - bits_ % 8;
    const unsigned take = std::min(count, room);
    const auto piece = static_cast<unsigned>(low_bits(value >> (count - take), take));
    std::uint8_t& byte = data_[bits_ / 8];
    byte = static_cast<std::uint8_t>(byte | piece << (room - take));
    bits_ += take;
    count -= take;
  }
}

std::uint64_t BitBuffer::get(std::size_t at, unsigned count) const {
  std::uint64_t value = 0;
  while (count > 0) {
    const auto room = static_cast<unsigned>(8 - at % 8);
    const unsigned take = std::min(count, room);
    const unsigned byte = data_[at / 8];
    value = value << take | ((byte >> (room - take)) & ((1U << take) - 1));
    at += take;
    count -= take;
  }
  return value;
}

void HeadChunk::append(const Sample& sample) {
  if (count_ == 0) {
    first_ms_ = sample.timestamp_ms;
    bits_.put(bits_of(sample.value), 64);
    last_value_ = sample.value;
  } else {
    SLUICE_ASSERT(sample.timestamp_ms > last_ms_);
    put_time(sample.timestamp_ms);
    put_value(sample.value);
  }
  last_ms_ = sample.timestamp_ms;
  ++count_;
}

void HeadChunk::put_time(std::int64_t timestamp_ms) {
  const std::int64_t step = wrapping_sub(timestamp_ms, last_ms_);
  const std::int64_t delta = wrapping_sub(step, last_step_ms_);
  last_step_ms_ = step;
  if (delta == 0) return bits_.put(0, 1);
  unsigned ones = 1;
  while (ones < 4 && !fits(delta, time_bits[ones])) ++ones;
  if (ones < 4)
    bits_.put(((1U << ones) - 1) << 1, ones + 1);
  else
    bits_.put(0b1111, 4);
  bits_.put(static_cast<std::uint64_t>(delta), time_bits[ones]);
}

void HeadChunk::put_value(double value) {
  const std::uint64_t x = bits_of(value) ^ bits_of(last_value_);
  if (x == 0) return bits_.put(0, 1);
  if (!put_step(value)) put_xor(x);
  last_value_ = value;
}

// At the exponent as it is, or at the first greater one where both are whole.
bool HeadChunk::put_step(double value) {
  for (unsigned e = exponent_; e < exponents; ++e) {
    std::int64_t n = 0;
    if (!to_decimal(value, e, n)) continue;
    std::int64_t before = 0;
    if (!to_decimal(last_value_, e, before)) continue;
    const bool negative = n < before;
    const auto magnitude = static_cast<std::uint64_t>(negative ? before - n : n - before);
    const auto width = static_cast<unsigned>(std::bit_width(magnitude));
    const auto chosen = std::lower_bound(step_bits.begin(), step_bits.end(), width);
    if (chosen == step_bits.end()) return false;
    if (e == exponent_)
      bits_.put(0b10, 2);
    else
      bits_.put(0b111'000 | e, 6);
    exponent_ = static_cast<std::uint8_t>(e);
    bits_.put(static_cast<std::uint64_t>(chosen - step_bits.begin()) << 1 | (negative ? 1 : 0), 4);
    bits_.put(magnitude, *chosen);
    return true;
  }
  return false;
}

void HeadChunk::put_xor(std::uint64_t x) {
  const auto leading = static_cast<unsigned>(std::countl_zero(x));
  const auto trailing = static_cast<unsigned>(std::countr_zero(x));
  const unsigned length = 64 - leading - trailing;
  bits_.put(0b110, 3);
  bits_.put(leading, 6);
  bits_.put(length - 1, 6);
  bits_.put(x >> trailing, length);
}

void HeadChunk::read(std::vector<Sample>& out) const {
  if (count_ == 0) return;
  Reader in(bits_);
  Sample sample{first_ms_, std::bit_cast<double>(in.get(64))};
  out.push_back(sample);
  std::int64_t step = 0;
  for (std::uint32_t i = 1; i < count_; ++i) {
    step = wrapping_add(step, in.time_step());
    sample.timestamp_ms = wrapping_add(sample.timestamp_ms, step);
    sample.value = in.value(sample.value);
    out.push_back(sample);
  }
}

}  // namespace sluice::storage
