// ByteSet: which bytes some texts are made of. A word with a byte that is not in the set of a
// column's values is in none of them, so that a search need not read the column.
//
// A plain value; docs/format/log-part.md, "Byte sets".
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/types/ascii.h"

namespace sluice::storage {

struct ByteSet {
  std::array<std::uint64_t, 4> bits{};  // by byte

  bool has(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    return (bits[byte / 64] >> (byte % 64) & 1) != 0;
  }
  // False: no text made of these bytes contains `text`, in any case of ASCII letters if `fold`
  // (then it is in lower case).
  bool may_contain(std::string_view text, bool fold) const {
    return std::all_of(text.begin(), text.end(), [&](char c) {
      return has(c) || (fold && is_ascii_letter(c) && has(static_cast<char>(c ^ 0x20)));
    });
  }
  friend bool operator==(const ByteSet&, const ByteSet&) = default;
};

// Collects the set of many texts.
class ByteSetBuilder {
 public:
  void add(std::string_view text) {
    for (const char c : text) seen_[static_cast<unsigned char>(c)] = 1;
  }
  // Empties it.
  ByteSet take() {
    ByteSet set;
    for (std::size_t byte = 0; byte < seen_.size(); ++byte)
      set.bits[byte / 64] |= std::uint64_t{seen_[byte]} << (byte % 64);
    seen_.fill(0);
    return set;
  }

 private:
  std::array<std::uint8_t, 256> seen_{};
};

}  // namespace sluice::storage
