// LineBits: where in a line the bytes of interest are, as bits: 64 bytes to the word. Splitting
// then hops from digit to digit and never looks at the words between. The idea is simdjson's
// (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal 2019).
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
  std::size_t next_event(std::size_t at) const {
    return next(at, [](const BlockBits& block) { return block.digit | block.mark; });
  }
  std::size_t next_token(std::size_t at) const {
    return next(at, [](const BlockBits& block) { return block.token; });
  }
  // The first byte from `at` on that is no token byte.
  std::size_t token_end(std::size_t at) const {
    return next(at, [](const BlockBits& block) { return ~block.token; });
  }
  // `at` is a token byte: where its run begins.
  std::size_t token_begin(std::size_t at) const {
    std::size_t i = at / 64;
    std::uint64_t gaps = ~blocks_[i].token & ((std::uint64_t{1} << (at % 64)) - 1);
    while (gaps == 0) {
      if (i == 0) return 0;
      gaps = ~blocks_[--i].token;
    }
    return i * 64 + static_cast<std::size_t>(std::bit_width(gaps));
  }
  // Bit i: byte `at` + i is a digit. 64 of them, zeros past the end.
  std::uint64_t digits(std::size_t at) const {
    const std::size_t i = at / 64;
    if (i >= used_) return 0;
    const std::uint64_t low = blocks_[i].digit >> (at % 64);
    return at % 64 == 0 ? low : low | blocks_[i + 1].digit << (64 - at % 64);
  }

 private:
  template <typename Wanted>
  std::size_t next(std::size_t at, Wanted wanted) const {
    std::size_t i = at / 64;
    std::uint64_t bits = wanted(blocks_[i]) >> (at % 64) << (at % 64);
    while (bits == 0) {
      if (++i >= used_) return size_;
      bits = wanted(blocks_[i]);
    }
    return i * 64 + static_cast<std::size_t>(std::countr_zero(bits));
  }

  std::size_t size_ = 0;
  std::size_t used_ = 0;  // blocks; the last holds at least one bit past the line's end
  std::vector<BlockBits> blocks_ = std::vector<BlockBits>(2);  // one more, empty, behind the last
};

}  // namespace sluice::storage
