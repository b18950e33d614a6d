#include "daemon/storage/columns/json_scan.h"

#include <bit>
#include <cstdint>
#include <cstring>

#include "daemon/storage/columns/byte_class.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::storage {

namespace {

// The next quote, backslash or control character; `foreign` if a byte from 0x80 on comes before it.
const char* next_special(const char* at, const char* end, bool& foreign) {
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16) {
    const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i quote = _mm_cmpeq_epi8(in, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(in, _mm_set1_epi8('\\'));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(in, _mm_set1_epi8(0x1F)), in);
    const auto special =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), low)));
    const auto high = static_cast<unsigned>(_mm_movemask_epi8(in));
    foreign = foreign || (high & (special - 1) & ~special) != 0;
    if (special != 0) return at + std::countr_zero(special);
  }
#endif
  for (; at < end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c == '"' || c == '\\' || c < 0x20) return at;
    foreign = foreign || c >= 0x80;
  }
  return end;
}

// Four hex digits, or -1.
int hex_unit(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int unit = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    if (!in_class(c, hex_byte)) return -1;
    unit = unit * 16 + (in_class(c, digit_byte) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return unit;
}

// Behind the backslash. Surrogates only in pairs.
const char* scan_escape(const char* at, const char* end) {
  if (at == end) return nullptr;
  if (*at != 'u')
    return std::strchr("\"\\/bfnrt", *at) != nullptr && *at != '\0' ? at + 1 : nullptr;
  const int unit = hex_unit(at + 1, end);
  if (unit < 0 || (unit >= 0xDC00 && unit <= 0xDFFF)) return nullptr;
  at += 5;
  if (unit < 0xD800 || unit > 0xDBFF) return at;
  if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return nullptr;
  const int low = hex_unit(at + 2, end);
  return low >= 0xDC00 && low <= 0xDFFF ? at + 6 : nullptr;
}

const char* skip_digits(const char* at, const char* end) {
  while (at < end && in_class(*at, digit_byte)) ++at;
  return at;
}

}  // namespace

JsonString scan_json_string(const char* at, const char* end) {
  JsonString out;
  while (true) {
    at = next_special(at, end, out.foreign);
    if (at == end) return out;
    if (*at == '"') {
      out.end = at;
      return out;
    }
    if (*at != '\\') return out;
    out.escapes = true;
    at = scan_escape(at + 1, end);
    if (at == nullptr) return out;
  }
}

const char* scan_json_number(const char* at, const char* end) {
  if (at < end && *at == '-') ++at;
  const char* const whole = at;
  at = skip_digits(at, end);
  if (at == whole || (*whole == '0' && at - whole > 1)) return nullptr;
  if (at < end && *at == '.') {
    const char* const fraction = at + 1;
    at = skip_digits(fraction, end);
    if (at == fraction) return nullptr;
  }
  if (at < end && (*at | 0x20) == 'e') {
    ++at;
    if (at < end && (*at == '+' || *at == '-')) ++at;
    const char* const exponent = at;
    at = skip_digits(at, end);
    if (at == exponent) return nullptr;
  }
  return at;
}

const char* scan_json_word(const char* at, const char* end) {
  for (const char* word : {"true", "false", "null"}) {
    const auto size = std::strlen(word);
    if (static_cast<std::size_t>(end - at) >= size && std::memcmp(at, word, size) == 0)
      return at + size;
  }
  return nullptr;
}

}  // namespace sluice::storage
