// LineBits: where in a line the bytes of interest are, as bits: 64 bytes to the word. Splitting then
// hops from digit to digit and never looks at the words between. The idea is simdjson's (Langdale and
// Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal 2019).
//
// Memory is reused from line to line. One thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::storage {

// The classes of 64 bytes, the first in bit 0.
struct BlockBits {
  std::uint64_t token = 0;
  std::uint64_t digit = 0;
  std::uint64_t mark = 0;  // = " '
  friend bool operator==(const BlockBits&, const BlockBits&) = default;
};

// Both give the same; the second is for machines without SSE2, and for the test.
BlockBits block_bits(const char* bytes);
BlockBits block_bits_scalar(const char* bytes);

class LineBits {
 public:
  // `line` must live until the next call.
  void fill(std::string_view line);

  // The first digit, '=' or quote from `at` on; the line's size if there is none.
  std::size_t next_event(std::size_t at) const { return next(events_, at); }
  // The first token byte, '=' or quote.
  std::size_t next_token(std::size_t at) const { return next(starts_, at); }
  // The first byte from `at` on that is no token byte.
  std::size_t token_end(std::size_t at) const;
  // `at` is a token byte: where its run begins.
  std::size_t token_begin(std::size_t at) const;
  // Bit i: byte `at` + i is a digit. 64 of them, zeros past the end.
  std::uint64_t digits(std::size_t at) const;

 private:
  std::size_t next(const std::vector<std::uint64_t>& words, std::size_t at) const {
    std::size_t i = at / 64;
    std::uint64_t word = words[i] >> (at % 64) << (at % 64);
    while (word == 0) {
      if (++i >= used_) return size_;
      word = words[i];
    }
    return i * 64 + static_cast<std::size_t>(std::countr_zero(word));
  }
  void put(std::size_t word, const BlockBits& bits);
  void reserve(std::size_t words);

  std::size_t size_ = 0;
  std::size_t used_ = 0;  // words; the last holds at least one bit past the line's end
  std::vector<std::uint64_t> tokens_;
  std::vector<std::uint64_t> digits_;
  std::vector<std::uint64_t> events_;
  std::vector<std::uint64_t> starts_;
};

}  // namespace sluice::storage
