// WalCorrect: repairs RocksDB's write-ahead logs at rest: sets bits right that have flipped, and
// leaves out what cannot be read. Manifests are logs of the same format.
//
// A piece of a log has at most 32 KiB, and CRC-32C tells every single flipped bit of so many from
// any other, and from two: the one change that makes the checksum match is what was written. Larger
// damage looks like one bit once in some thousand pieces; values have a checksum of their own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::storage {

struct WalFlip {
  std::size_t byte = 0;
  unsigned char mask = 0;  // the one bit of it
  friend bool operator==(const WalFlip&, const WalFlip&) = default;
};

// The bits of a log's bytes that have to be flipped, at most one of each piece.
std::vector<WalFlip> find_flips(std::string_view log);

// Corrects the logs of a directory that nobody has open, in place and synced. Returns the places:
// "000012.log at byte 4711". Error(io).
Result<std::vector<std::string>> correct_wals(const std::string& directory);
Result<std::vector<std::string>> correct_manifests(const std::string& directory);

// The whole records of a log, written anew.
std::string whole_records(std::string_view log);

// Replaces the logs of a directory that have bad records by their whole ones. Where the first was
// is remembered in a file until it is forgotten, so that it is known after a crash.
Result<void> leave_out_damage(const std::string& directory);
std::optional<std::string> left_out_damage(const std::string& directory);  // where
Result<void> forget_damage(const std::string& directory);

}  // namespace sluice::storage
