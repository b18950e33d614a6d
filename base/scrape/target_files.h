// TargetFiles: the groups in the files of a job's file_sd_configs, read again when they change.
//
// A file that cannot be read or does not parse keeps the groups it had, and is counted; a file that
// is gone has none. Called by one thread at a time; touches the file system and no clock of its
// own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/scrape/config.h"

namespace sluice::scrape {

class TargetFiles {
 public:
  explicit TargetFiles(std::vector<FileDiscovery> discoveries)
      : discoveries_(std::move(discoveries)) {}

  // Looks at the files: those whose size or time of change differs are read, all of them when a
  // refresh interval has passed. True if the groups may differ from before.
  bool refresh(Timestamp now);
  std::vector<TargetGroup> groups() const;
  // Files that could not be read the last time, with why.
  const std::map<std::string, std::string>& failures() const { return failures_; }
  bool empty() const { return discoveries_.empty(); }

 private:
  struct File {
    std::int64_t changed_ns = -1;
    std::int64_t size = -1;
    std::int64_t inode = -1;
    std::vector<TargetGroup> groups;
  };
  bool read(const std::string& path, bool anyway);

  std::vector<FileDiscovery> discoveries_;
  std::map<std::string, File> files_;
  std::map<std::string, std::string> failures_;
  std::vector<Timestamp> refreshed_;  // per discovery, when all of its files were read
};

// The paths a pattern names, sorted.
std::vector<std::string> expand_pattern(const std::string& pattern);

}  // namespace sluice::scrape
