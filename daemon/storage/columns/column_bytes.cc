#include "daemon/storage/columns/column_bytes.h"

#include <algorithm>

#include "base/types/ascii.h"

namespace sluice::storage {

bool ColumnBytes::Set::has(char c) const {
  const auto byte = static_cast<unsigned char>(c);
  return (bits[byte / 64].load(std::memory_order_relaxed) >> (byte % 64) & 1) != 0;
}

void ColumnBytes::learn(std::size_t column, const SlotColumn& values) {
  std::array<std::uint8_t, 256> seen{};
  for (const char c : values.bytes()) seen[static_cast<unsigned char>(c)] = 1;
  Set& set = sets_[column];
  for (std::size_t word = 0; word < 4; ++word) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 64; ++i) bits |= std::uint64_t{seen[64 * word + i]} << i;
    set.bits[word].store(bits, std::memory_order_relaxed);
  }
  set.known.store(true, std::memory_order_release);
}

bool ColumnBytes::may_contain(std::size_t column, std::string_view text, bool fold) const {
  if (!known(column)) return true;
  const Set& set = sets_[column];
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return set.has(c) || (fold && is_ascii_letter(c) && set.has(static_cast<char>(c ^ 0x20)));
  });
}

}  // namespace sluice::storage
