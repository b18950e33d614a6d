// WalScan: reads RocksDB's write-ahead logs beside RocksDB, to tell what its recovery does not:
// that it ended in the middle, at a damaged record, and what was left out behind it.
//
// A log is cut off anywhere by a power failure; that is no damage, what is lost was never
// acknowledged. Whole records behind a bad one are: they were synced and acknowledged. RocksDB
// stops at the bad one either way, so that what it recovers is a state there once was.
//
// Format: RocksDB's db/log_format.h (blocks of 32 KiB; records of checksum, length, type), and the
// head of a write batch (sequence number, count of changes).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::storage {

// A whole record, or where there should be one.
struct WalRecord {
  std::uint64_t offset = 0;
  bool good = false;
  std::uint64_t bytes = 0;
  std::uint64_t last_sequence = 0;  // RocksDB's number of its last change
};

// The records of a log's bytes: bad ones stand for all up to the next good one, so that no two
// follow each other. A bad one at the end may be a torn write.
std::vector<WalRecord> read_wal(std::string_view log);

// Error(io): they cannot be read.
Result<std::vector<std::filesystem::path>> wals_of(const std::string& directory);
Result<std::string> read_wal_file(const std::filesystem::path& path);

// The logs of a directory, as they are before RocksDB opens it.
struct WalFile {
  std::string name;
  std::vector<WalRecord> records;
};
// Error(io): they cannot be read.
Result<std::vector<WalFile>> read_wals(const std::string& directory);

// Whole records that are not in a state that goes up to `recovered`.
struct WalLoss {
  std::uint64_t steps = 0;
  std::uint64_t bytes = 0;
  std::string where;  // the last bad place before them: "000012.log at byte 4711"
};
// Where the first bad record stands; empty: nowhere.
std::string first_bad(const std::vector<WalFile>& logs);
WalLoss loss_beyond(std::uint64_t recovered, const std::vector<WalFile>& logs);

}  // namespace sluice::storage
