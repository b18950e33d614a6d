// HeadChunk: samples of one series in memory, ascending, compressed as they come. Never on disk.
//
// Timestamps: differences of differences, in the prefix code of Gorilla (Pelkonen et al., VLDB
// 2015). Values, by prefix:
//   0    the bits of the value before
//   10   a step of whole numbers n / 10^e: 3 bits width class, sign, magnitude
//   110  the XOR with the value before: 6 bits leading zeros, 6 bits length - 1, bits
//   111  a new exponent e in 3 bits; the step follows as after 10
// Whole numbers and short decimals take a few bits beyond their entropy this way, where their XOR
// takes 20 to 50. Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::storage {

// Bits, most significant first, in a buffer that grows by a quarter.
class BitBuffer {
 public:
  void put(std::uint64_t value, unsigned count);  // the low `count` bits, 0 to 64
  std::uint64_t get(std::size_t at, unsigned count) const;
  std::size_t bytes() const { return capacity_; }
  void shrink();

 private:
  void reserve(std::size_t bytes);
  void resize(std::size_t bytes);

  std::unique_ptr<std::uint8_t[]> data_;
  std::uint32_t capacity_ = 0;
  std::uint32_t bits_ = 0;
};

class HeadChunk {
 public:
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  // Of the buffer, beside the object itself.
  std::size_t bytes() const { return bits_.bytes(); }
  std::int64_t first_ms() const { return first_ms_; }
  std::int64_t last_ms() const { return last_ms_; }

  // Nothing more will come: lets go of unused room.
  void shrink() { bits_.shrink(); }
  // Later than last_ms().
  void append(const Sample& sample);
  // Appends all samples.
  void read(std::vector<Sample>& out) const;

 private:
  void put_time(std::int64_t timestamp_ms);
  void put_value(double value);
  bool put_step(double value);
  void put_xor(std::uint64_t x);

  BitBuffer bits_;
  std::int64_t first_ms_ = 0;
  std::int64_t last_ms_ = 0;
  std::int64_t last_step_ms_ = 0;
  double last_value_ = 0;
  std::uint32_t count_ = 0;
  std::uint8_t exponent_ = 0;
};

}  // namespace sluice::storage
