// TargetFiles: the groups in the files of a job's file_sd_configs, read again when they change.
//
// A file that cannot be read or does not parse keeps the groups it had, and is counted, and so do
// the files of a folder that cannot be read; a file that is gone has none. Bounded in files and in
// bytes: what is past a bound counts as a file that cannot be read. Called by one thread at a time;
// touches the file system and no clock of its own.
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
    bool same_as(const File& other) const {
      return changed_ns == other.changed_ns && size == other.size && inode == other.inode;
    }
  };
  std::vector<std::string> find(const std::string& pattern);
  bool read(const std::string& path, bool anyway);
  bool read_changed(const std::string& path, File now);
  bool take_missing(const std::string& path, int error);
  std::string find_bound(const std::string& path, std::int64_t size) const;

  std::vector<FileDiscovery> discoveries_;
  std::map<std::string, File> files_;
  std::map<std::string, std::string> failures_;  // by path, or by pattern
  std::vector<Timestamp> refreshed_;             // per discovery, when all of its files were read
};

}  // namespace sluice::scrape
