#include "daemon/storage/columns/gram_filter.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/types/ascii.h"
#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

namespace {

constexpr std::size_t max_words = std::size_t{1} << 14;
constexpr double bits_per_gram = 3.5;

std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

// Calls visit(bit) with a bit in [0, 2^20) for each gram; visit says whether to go on. All 32 bits
// of the gram weigh in the low bits, which are what is left when the bitmap is folded.
template <typename Visit>
bool each_bit_of_word(std::uint64_t word, std::size_t grams, Visit visit) {
  word = to_lower(word);
#pragma GCC unroll 5
  for (std::size_t i = 0; i < grams; ++i, word >>= 8)
    if (!visit(
            static_cast<std::size_t>(((word & 0xFFFFFFFF) * 0x9E3779B97F4A7C15) >> 40 & 0xFFFFF)))
      return false;
  return true;
}

// Eight bytes hold five grams. The last eight may tell some grams again.
template <typename Visit>
void each_bit(std::string_view text, Visit visit) {
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 5, left -= 5)
    if (!each_bit_of_word(load(at, 8), 5, visit)) return;
  if (left < GramFilter::gram) return;
  if (text.size() >= 8)
    each_bit_of_word(load(text.data() + text.size() - 8, 8), 5, visit);
  else
    each_bit_of_word(load(at, left), left - GramFilter::gram + 1, visit);
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t at = 0;
  for (; at + 8 <= most; at += 8)
    if (const std::uint64_t differs = load(a.data() + at, 8) ^ load(b.data() + at, 8); differs != 0)
      return at + static_cast<std::size_t>(std::countr_zero(differs)) / 8;
  while (at < most && a[at] == b[at]) ++at;
  return at;
}

std::size_t count_bits(const std::vector<std::uint64_t>& words) {
  std::size_t ones = 0;
  for (const auto word : words) ones += static_cast<std::size_t>(std::popcount(word));
  return ones;
}

// How many distinct grams leave that many bits set, grams that shared a bit included.
double distinct_grams(std::size_t ones, std::size_t bits) {
  const auto all = static_cast<double>(bits);
  const auto unset = static_cast<double>(bits - std::min(ones, bits - 1));
  return -all * std::log(unset / all);
}

}  // namespace

bool GramFilter::may_contain(std::string_view text) const {
  if (text.size() < gram) return true;
  if (words_.empty()) return false;
  const std::size_t mask = words_.size() * 64 - 1;
  bool possible = true;
  each_bit(text, [&](std::size_t bit) {
    bit &= mask;
    return possible = (words_[bit / 64] >> (bit % 64) & 1) != 0;
  });
  return possible;
}

void GramFilter::encode(std::string& out) const {
  put_varint(out, words_.size());
  for (const auto word : words_) put_fixed64(out, word);
}

Result<GramFilter> GramFilter::decode(std::string_view encoded) {
  ByteReader in(encoded);
  const auto count = in.varint();
  const bool sound = count == 0 || (std::has_single_bit(count) && count <= max_words);
  if (!in.ok() || !sound || in.left() != count * 8)
    return Error{ErrorCode::corrupt, "gram filter: " + std::to_string(encoded.size()) +
                                         " bytes for " + std::to_string(count) + " words"};
  GramFilter filter;
  filter.words_.resize(count);
  if (count > 0) std::memcpy(filter.words_.data(), in.bytes(count * 8).data(), count * 8);
  return filter;
}

// Grams of what the value before began with, too, have been seen.
void GramFilterBuilder::add(std::string_view value) {
  constexpr std::size_t kept = 128;
  const std::size_t common = common_prefix(last_, value);
  last_.replace(common, std::string::npos, value.substr(common, kept - std::min(kept, common)));
  if (common >= GramFilter::gram) value.remove_prefix(common - GramFilter::gram + 1);
  each_bit(value, [&](std::size_t bit) {
    seen_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    return true;
  });
}

GramFilter GramFilterBuilder::finish() {
  GramFilter filter;
  last_.clear();
  const std::size_t ones = count_bits(seen_);
  if (ones == 0) return filter;
  const double wanted = bits_per_gram * distinct_grams(ones, seen_.size() * 64);
  std::size_t words = seen_.size();
  while (words > 1 && static_cast<double>(words / 2 * 64) >= wanted) {
    words /= 2;
    for (std::size_t i = 0; i < words; ++i) seen_[i] |= seen_[words + i];
  }
  filter.words_.assign(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(words));
  seen_.assign(seen_.size(), 0);
  return filter;
}

}  // namespace sluice::storage
