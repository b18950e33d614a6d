#include "daemon/storage/columns/byte_search.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/types/ascii.h"
#include "daemon/storage/columns/needle.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace sluice::storage {

namespace {

std::size_t find_plain(std::string_view text, std::size_t from, std::string_view pattern,
                       bool fold) {
  if (from > text.size()) return ByteSearch::none;
  if (!fold) return text.find(pattern, from);
  const auto at =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), pattern.begin(),
                  pattern.end(), [](char c, char lower) { return to_lower(c) == lower; });
  return at == text.end() ? ByteSearch::none : static_cast<std::size_t>(at - text.begin());
}

#if defined(__x86_64__)

// What is looked for at one end of the pattern: (byte | case_bit) == wanted.
struct End {
  End(char c, bool fold) : wanted(c), case_bit(fold && is_ascii_letter(c) ? 0x20 : 0) {}
  char wanted;
  char case_bit;
};

// The first of the places at + (bits of mask) where the whole pattern lies.
std::size_t verify(std::string_view text, std::size_t at, std::uint32_t mask,
                   std::string_view pattern, bool fold) {
  for (; mask != 0; mask &= mask - 1) {
    const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(mask));
    if (same(text.substr(place, pattern.size()), pattern, fold)) return place;
  }
  return ByteSearch::none;
}

std::uint32_t places_sse2(const char* first, const char* last, const End& a, const End& b) {
  const auto load = [](const char* at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  };
  const auto is_at = [](__m128i block, const End& end) {
    return _mm_cmpeq_epi8(_mm_or_si128(block, _mm_set1_epi8(end.case_bit)),
                          _mm_set1_epi8(end.wanted));
  };
  return static_cast<std::uint32_t>(
      _mm_movemask_epi8(_mm_and_si128(is_at(load(first), a), is_at(load(last), b))));
}

std::size_t find_sse2(std::string_view text, std::size_t from, std::string_view pattern,
                      bool fold) {
  const End first(pattern.front(), fold);
  const End last(pattern.back(), fold);
  const std::size_t span = pattern.size() - 1;
  for (; from + span + 16 <= text.size(); from += 16) {
    const char* at = text.data() + from;
    const auto place = verify(text, from, places_sse2(at, at + span, first, last), pattern, fold);
    if (place != ByteSearch::none) return place;
  }
  return find_plain(text, from, pattern, fold);
}

__attribute__((target("avx2"))) std::size_t find_avx2(std::string_view text, std::size_t from,
                                                      std::string_view pattern, bool fold) {
  const End first(pattern.front(), fold);
  const End last(pattern.back(), fold);
  const __m256i first_wanted = _mm256_set1_epi8(first.wanted);
  const __m256i first_case = _mm256_set1_epi8(first.case_bit);
  const __m256i last_wanted = _mm256_set1_epi8(last.wanted);
  const __m256i last_case = _mm256_set1_epi8(last.case_bit);
  const std::size_t span = pattern.size() - 1;
  for (; from + span + 32 <= text.size(); from += 32) {
    const char* at = text.data() + from;
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + span));
    const __m256i both =
        _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_or_si256(a, first_case), first_wanted),
                         _mm256_cmpeq_epi8(_mm256_or_si256(b, last_case), last_wanted));
    const auto mask = static_cast<std::uint32_t>(_mm256_movemask_epi8(both));
    if (mask == 0) continue;
    const auto place = verify(text, from, mask, pattern, fold);
    if (place != ByteSearch::none) return place;
  }
  return find_sse2(text, from, pattern, fold);
}

#endif

}  // namespace

ByteSearch::Level ByteSearch::best() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") ? Level::avx2 : Level::sse2;
#else
  return Level::scalar;
#endif
}

ByteSearch::ByteSearch(std::string_view pattern, bool fold, Level level)
    : pattern_(pattern), fold_(fold), level_(level) {}

std::size_t ByteSearch::find(std::string_view text, std::size_t from) const {
#if defined(__x86_64__)
  if (level_ == Level::avx2) return find_avx2(text, from, pattern_, fold_);
  if (level_ == Level::sse2) return find_sse2(text, from, pattern_, fold_);
#endif
  return find_plain(text, from, pattern_, fold_);
}

}  // namespace sluice::storage
