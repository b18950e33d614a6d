// WalPiece: the physical records of RocksDB's write-ahead log: a record, or a piece of one.
// Format: RocksDB's db/log_format.h: checksum 4, length 2, type 1, payload; none crosses a block.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "daemon/storage/codec/crc32c.h"

namespace sluice::storage {

inline constexpr std::size_t wal_block_bytes = 32 << 10;
inline constexpr std::size_t wal_header_bytes = 7;

enum WalPieceType : std::uint8_t { zero = 0, full = 1, first = 2, middle = 3, last = 4 };

struct WalPiece {
  std::uint8_t type = zero;
  std::string_view payload;
  std::size_t bytes() const { return wal_header_bytes + payload.size(); }
};

template <typename T>
T read_little(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// Checksums are stored rotated, so that a checksum of checksums is not trivial.
inline std::uint32_t unmask(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xA282EAD8;
  return (rotated >> 17) | (rotated << 15);
}

inline std::uint32_t mask(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}

// The piece that `rest`, which ends with the block or the log, begins with. nullopt: damaged, or
// cut off.
inline std::optional<WalPiece> read_wal_piece(std::string_view rest) {
  if (rest.size() < wal_header_bytes) return std::nullopt;
  const auto length = read_little<std::uint16_t>(rest.substr(4));
  const auto type = static_cast<std::uint8_t>(rest[6]);
  if (type < full || type > last || wal_header_bytes + length > rest.size()) return std::nullopt;
  const std::string_view covered = rest.substr(6, length + 1U);
  if (crc32c(covered) != unmask(read_little<std::uint32_t>(rest))) return std::nullopt;
  return WalPiece{type, covered.substr(1)};
}

}  // namespace sluice::storage
