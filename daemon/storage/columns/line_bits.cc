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
  const __m128i quote = _mm_or_si128(_mm_cmpeq_epi8(in, filled('"')),
                                     _mm_cmpeq_epi8(in, filled('\'')));
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

void LineBits::reserve(std::size_t words) {
  if (tokens_.size() >= words) return;
  for (auto* bits : {&tokens_, &digits_, &events_, &starts_}) bits->resize(words);
}

void LineBits::put(std::size_t word, const BlockBits& bits) {
  tokens_[word] = bits.token;
  digits_[word] = bits.digit;
  events_[word] = bits.digit | bits.mark;
  starts_[word] = bits.token | bits.mark;
}

void LineBits::fill(std::string_view line) {
  size_ = line.size();
  used_ = size_ / 64 + 1;
  reserve(used_);
  for (std::size_t i = 0; i + 1 < used_; ++i) put(i, block_bits(line.data() + i * 64));
  char tail[64] = {};
  const std::size_t rest = size_ % 64;
  if (rest > 0) std::memcpy(tail, line.data() + size_ - rest, rest);
  put(used_ - 1, block_bits(tail));
}

std::size_t LineBits::token_end(std::size_t at) const {
  std::size_t i = at / 64;
  std::uint64_t gaps = ~tokens_[i] >> (at % 64) << (at % 64);
  while (gaps == 0) gaps = ~tokens_[++i];
  return i * 64 + static_cast<std::size_t>(std::countr_zero(gaps));
}

std::size_t LineBits::token_begin(std::size_t at) const {
  std::size_t i = at / 64;
  std::uint64_t gaps = ~tokens_[i] & ((std::uint64_t{1} << (at % 64)) - 1);
  while (gaps == 0) {
    if (i == 0) return 0;
    gaps = ~tokens_[--i];
  }
  return i * 64 + static_cast<std::size_t>(std::bit_width(gaps));
}

std::uint64_t LineBits::digits(std::size_t at) const {
  const std::size_t i = at / 64;
  const std::size_t shift = at % 64;
  if (i >= used_) return 0;
  const std::uint64_t low = digits_[i] >> shift;
  return shift == 0 || i + 1 >= used_ ? low : low | digits_[i + 1] << (64 - shift);
}

}  // namespace sluice::storage
