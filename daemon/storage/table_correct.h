// TableCorrect: sets single flipped bits right in RocksDB's tables at rest, where RocksDB met a
// block whose checksum (XXH3) does not match.
//
// Each bit is tried: the one change that makes the checksum match is what was written. Of larger
// damage that holds by chance once in some thousand blocks; values have a checksum of their own.
// The time is quadratic in the bytes of the block, which thus have a bound.
// Formats: RocksDB's table/format.h, version 5 of the footer; table/block_based/block_builder.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::storage {

inline constexpr std::size_t correctable_block_bytes = 128 << 10;  // about ten seconds

struct TableBlock {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // without its trailer: type 1, checksum 4
};

// The damaged block that a message of RocksDB's names; it has no other way to say so.
std::optional<TableBlock> block_of_message(std::string_view message);

// Both change the file in place, synced, and return where: "000012.sst at byte 4711". nullopt: more
// than a bit is damaged, or nothing; nothing is changed.
std::optional<std::string> correct_block(const TableBlock& block);
// What a table is opened by: its footer, and the blocks that leads to: index, properties, filter,
// removed ranges.
bool head_is_whole(const std::string& path);
std::optional<std::string> correct_head(const std::string& path);

}  // namespace sluice::storage
