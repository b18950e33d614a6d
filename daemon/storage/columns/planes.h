// Planes of bytes: the lowest bytes of all numbers, then their second bytes, and so on; the highest
// plane in 1, 2 or 4 bits per number if that is enough. Format: docs/format/slot-column.md.
//
// Private to the column encodings.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

// The number of bits that is stored for `bits` significant ones: whole bytes and 0, 1, 2 or 4.
constexpr unsigned plane_bits(unsigned bits) {
  const unsigned rest = bits % 8;
  return bits - rest + (rest == 3 ? 4 : rest > 4 ? 8 : rest);
}
constexpr bool valid_plane_bits(unsigned bits) {
  return bits <= 64 && plane_bits(bits) == bits;
}
constexpr std::size_t planes_size(unsigned bits, std::size_t count) {
  return bits / 8 * count + (bits % 8 * count + 7) / 8;
}

// Calls visit(integral_constant<width>) for width 0 to 8, so that loops over bytes are unrolled.
template <typename Visit>
void with_width(unsigned width, Visit visit) {
  switch (width) {
    case 0: return visit(std::integral_constant<unsigned, 0>{});
    case 1: return visit(std::integral_constant<unsigned, 1>{});
    case 2: return visit(std::integral_constant<unsigned, 2>{});
    case 3: return visit(std::integral_constant<unsigned, 3>{});
    case 4: return visit(std::integral_constant<unsigned, 4>{});
    case 5: return visit(std::integral_constant<unsigned, 5>{});
    case 6: return visit(std::integral_constant<unsigned, 6>{});
    case 7: return visit(std::integral_constant<unsigned, 7>{});
    default: return visit(std::integral_constant<unsigned, 8>{});
  }
}

// Writes number(i) for i < count, which have at most `bits` bits, to planes_size() bytes of zeros.
template <typename Number>
void fill_planes(char* out, unsigned bits, std::size_t count, Number number) {
  with_width(bits / 8, [&](auto width) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t n = number(i);
      for (unsigned b = 0; b < width; ++b) out[b * count + i] = static_cast<char>(n >> (8 * b));
    }
  });
  const unsigned top = bits % 8;
  if (top == 0) return;
  char* packed = out + bits / 8 * count;
  const unsigned per_byte = 8 / top;
  for (std::size_t i = 0; i < count; ++i) {
    const auto high = static_cast<unsigned>(number(i) >> (bits - top));
    char& byte = packed[i / per_byte];
    byte = static_cast<char>(byte | high << (i % per_byte * top));
  }
}

// Reads the width byte and the planes from the front. False: they are not there.
bool get_planes(ByteReader& in, std::span<std::int64_t> out);
bool get_planes(ByteReader& in, std::span<std::uint32_t> out);
bool get_planes(ByteReader& in, std::span<std::uint16_t> out);

}  // namespace sluice::storage
