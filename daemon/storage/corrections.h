// Corrections: sets single flipped bits right where RocksDB met them: in tables, logs and manifests
// of one data directory. Each is counted and logged; nothing is lost by it. Safe from any thread.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/storage_metrics.h"

namespace sluice::storage {

class Corrections {
 public:
  // Not `allowed`: the files are not the process's to change; nothing is ever corrected.
  Corrections(std::string directory, StorageMetrics& metrics, bool allowed)
      : directory_(std::move(directory)), metrics_(metrics), allowed_(allowed) {}

  // Before an open: what tables are opened by. RocksDB looks at some of it only when it is needed,
  // refuses all data for other parts, passes over removed ranges that it cannot read, and reads
  // properties without a look at their checksum. Returns the names of those that are not whole
  // after it: damaged, or never finished and not part of the store.
  std::set<std::string> tables() const;
  // Bits of logs that cannot be read whole. Error(io).
  Result<void> logs();
  // An open failed with this message of RocksDB's. True: something was set right, try again.
  bool after_open(std::string_view message);
  // A read did. True: it will not fail for that again.
  bool after_read(std::string_view message);

 private:
  static constexpr std::size_t max_blocks = 1000;  // of large damage, each takes seconds to try

  bool note(const std::vector<std::string>& places) const;

  const std::string directory_;
  StorageMetrics& metrics_;
  const bool allowed_;
  std::mutex mutex_;
  // Blocks that were tried: whether they were set right. Protected by mutex_.
  std::map<std::pair<std::string, std::uint64_t>, bool> tried_;
};

}  // namespace sluice::storage
