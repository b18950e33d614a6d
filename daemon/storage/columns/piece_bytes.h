// Comparing and hashing the static pieces of lines: mostly a few bytes each, so calls into libc
// would cost more than the work.
//
// The hash folds 64x64-bit products as wyhash does (Wang Yi, public domain). It is not stored, and
// a collision costs a comparison, nothing else.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "daemon/storage/columns/line_splitter.h"

namespace sluice::storage {

inline std::uint64_t load_eight(const char* bytes) {
  std::uint64_t n = 0;
  std::memcpy(&n, bytes, 8);
  return n;
}

inline std::uint32_t load_four(const char* bytes) {
  std::uint32_t n = 0;
  std::memcpy(&n, bytes, 4);
  return n;
}

inline bool same_bytes(const char* a, const char* b, std::size_t n) {
  if (n >= 8) {
    for (std::size_t i = 0; i + 8 < n; i += 8)
      if (load_eight(a + i) != load_eight(b + i)) return false;
    return load_eight(a + n - 8) == load_eight(b + n - 8);
  }
  if (n >= 4) return load_four(a) == load_four(b) && load_four(a + n - 4) == load_four(b + n - 4);
  for (std::size_t i = 0; i < n; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

// Up to eight bytes as a number.
inline std::uint64_t load_few(const char* bytes, std::size_t n) {
  if (n >= 4) return load_four(bytes) | std::uint64_t{load_four(bytes + n - 4)} << 32;
  if (n == 0) return 0;
  const auto byte = [&](std::size_t i) {
    return std::uint64_t{static_cast<unsigned char>(bytes[i])};
  };
  return byte(0) | byte(n / 2) << 8 | byte(n - 1) << 16;
}

inline std::uint64_t fold_product(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline std::uint64_t hash_piece(std::uint64_t seed, const char* bytes, std::size_t n) {
  constexpr std::uint64_t k0 = 0xA0761D6478BD642F;
  constexpr std::uint64_t k1 = 0xE7037ED1A0B428DB;
  const std::uint64_t length = n * k1;  // pieces of other lengths are other pieces
  for (; n > 16; bytes += 16, n -= 16)
    seed = fold_product(load_eight(bytes) ^ k1, load_eight(bytes + 8) ^ seed);
  const std::uint64_t a = n > 8 ? load_eight(bytes) : load_few(bytes, n);
  const std::uint64_t b = n > 8 ? load_eight(bytes + n - 8) : 0;
  return fold_product(a ^ k0 ^ length, b ^ seed ^ k1);
}

// SplitLine::hash.
inline std::uint64_t hash_pieces(std::string_view line, const SplitLine& split) {
  std::uint64_t hash = static_cast<std::uint64_t>(split.kind);
  std::size_t at = 0;
  for (const auto& slot : split.slots) {
    hash = hash_piece(hash, line.data() + at, slot.begin - at);
    at = slot.end;
  }
  return hash_piece(hash, line.data() + at, line.size() - at);
}

}  // namespace sluice::storage
