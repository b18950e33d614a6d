// ByteSearch: the next place of a few bytes in many, also in any case of ASCII letters.
//
// Looks for the first and the last byte of the pattern at once, 32 places per step, and compares
// what lies between only where both are there (W. Mula, "SIMD-friendly algorithms for substring
// searching"). AVX2 where the machine has it, otherwise SSE2 or plain code; all find the same.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::storage {

class ByteSearch {
 public:
  static constexpr std::size_t none = std::string_view::npos;
  enum class Level { scalar, sse2, avx2 };
  static Level best();  // of this machine

  // `pattern` is not empty and outlives this; folded, it is in lower case.
  ByteSearch(std::string_view pattern, bool fold, Level level = best());

  // The first place at or after `from`, or none.
  std::size_t find(std::string_view text, std::size_t from) const;

 private:
  std::string_view pattern_;
  bool fold_;
  Level level_;
};

}  // namespace sluice::storage
