#include "daemon/storage/columns/line_bits.h"

#include <cstring>

#include "daemon/storage/columns/byte_class.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::storage {

BlockBits block_bits_scalar(const char* bytes) {
  BlockBits bits;
  for (unsigned i = 0; i < 64; ++i) {
    const char c = bytes[i];
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (in_class(c, token_byte)) bits.token |= bit;
    if (in_class(c, digit_byte)) bits.digit |= bit;
    if (c == '=' || c == '"' || c == '\'') bits.mark |= bit;
  }
  return bits;
}

namespace {

// What lies behind the last whole block: shifted down from the last 64 bytes if there are as many.
BlockBits tail_bits(std::string_view line) {
  const std::size_t rest = line.size() % 64;
  if (rest == 0) return {};
  if (line.size() >= 64) {
    const BlockBits last = block_bits(line.data() + line.size() - 64);
    return {last.token >> (64 - rest), last.digit >> (64 - rest), last.mark >> (64 - rest)};
  }
  char padded[64] = {};
  std::memcpy(padded, line.data(), rest);
  return block_bits(padded);
}

}  // namespace

#if defined(__SSE2__)

namespace {

__m128i filled(char c) {
  return _mm_set1_epi8(c);
}

// Bytes in [first, first + count): moved to the bottom of the signed range, they are below a bound.
__m128i in_range(__m128i bytes, char first, int count) {
  const __m128i moved = _mm_add_epi8(bytes, filled(static_cast<char>(0x80 - first)));
  return _mm_cmplt_epi8(moved, filled(static_cast<char>(-128 + count)));
}

std::uint64_t mask_of(__m128i bytes) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
}

void add_sixteen(const char* bytes, unsigned shift, BlockBits& bits) {
  const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i digit = in_range(in, '0', 10);
  const __m128i letter = in_range(_mm_or_si128(in, filled(0x20)), 'a', 26);
  const __m128i word = _mm_or_si128(_mm_or_si128(digit, letter), _mm_cmpeq_epi8(in, filled('_')));
  const __m128i quote =
      _mm_or_si128(_mm_cmpeq_epi8(in, filled('"')), _mm_cmpeq_epi8(in, filled('\'')));
  const __m128i mark = _mm_or_si128(quote, _mm_cmpeq_epi8(in, filled('=')));
  bits.token |= mask_of(_mm_or_si128(word, in)) << shift;  // the top bit of `in`: from 0x80 on
  bits.digit |= mask_of(digit) << shift;
  bits.mark |= mask_of(mark) << shift;
}

}  // namespace

BlockBits block_bits(const char* bytes) {
  BlockBits bits;
  for (unsigned i = 0; i < 64; i += 16) add_sixteen(bytes + i, i, bits);
  return bits;
}

#else

BlockBits block_bits(const char* bytes) {
  return block_bits_scalar(bytes);
}

#endif

void LineBits::fill(std::string_view line) {
  size_ = line.size();
  used_ = size_ / 64 + 1;
  if (blocks_.size() <= used_) blocks_.resize(used_ + 1);
  for (std::size_t i = 0; i + 1 < used_; ++i) blocks_[i] = block_bits(line.data() + i * 64);
  blocks_[used_ - 1] = tail_bits(line);
  blocks_[used_] = {};
}

}  // namespace sluice::storage
