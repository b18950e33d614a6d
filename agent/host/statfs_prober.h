// StatfsProber: statvfs on threads that may be left behind.
//
// statvfs on a dead NFS mount blocks for ever and cannot be interrupted. A worker does the mounts
// in order; if it does not come back in time, its mount is marked stuck, the worker is abandoned
// with it, and a new worker goes on with the rest. A stuck mount is not asked again until its old
// call returns. At most max_stuck workers are abandoned at a time; then all further mounts are
// reported as not asked. One caller at a time.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/types/result.h"

namespace sluice::agent {

struct FsUsage {
  double size = 0;
  double free = 0;
  double available = 0;
  double files = 0;
  double files_free = 0;
  bool readonly = false;
};
using Statfs = std::function<Result<FsUsage>(const std::string& path)>;
Result<FsUsage> real_statfs(const std::string& path);

class StatfsProber {
 public:
  StatfsProber(Statfs statfs, std::chrono::milliseconds timeout);
  // One result per path; a stuck one is Error(timeout).
  std::vector<Result<FsUsage>> probe(const std::vector<std::string>& paths);
  std::size_t stuck() const { return stuck_.size(); }

 private:
  struct Call;
  static constexpr std::size_t max_stuck = 4;

  Result<FsUsage> probe_one(const std::string& path);
  void forget_returned();

  Statfs statfs_;
  std::chrono::milliseconds timeout_;
  std::map<std::string, std::shared_ptr<Call>> stuck_;
};

}  // namespace sluice::agent
