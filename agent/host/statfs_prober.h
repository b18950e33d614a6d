// StatfsProber: statvfs on threads that may be left behind.
//
// statvfs on a dead NFS mount blocks for ever and cannot be interrupted. Each call has a thread of
// its own, a few run at a time; those that do not come back in time are abandoned and their mounts
// marked stuck. A stuck mount is not asked again until its old call returns. At most max_stuck
// threads are abandoned at a time; then all further mounts are reported as not asked, so the caller
// puts first what does not hang. One caller at a time.
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
  // One result per path, in their order; a stuck one is Error(timeout). Takes the timeout once for
  // every at_a_time mounts that newly hang.
  std::vector<Result<FsUsage>> probe(const std::vector<std::string>& paths);
  std::size_t stuck() const { return stuck_.size(); }

 private:
  struct Call;
  struct Asked;
  static constexpr std::size_t max_stuck = 64;
  static constexpr std::size_t at_a_time = 16;

  std::vector<Asked> start_some(const std::vector<std::string>& paths, std::size_t& next,
                                std::vector<Result<FsUsage>>& out);
  void await(std::vector<Asked> asked, const std::vector<std::string>& paths,
             std::vector<Result<FsUsage>>& out);
  void forget_returned();

  Statfs statfs_;
  std::chrono::milliseconds timeout_;
  std::map<std::string, std::shared_ptr<Call>> stuck_;
};

}  // namespace sluice::agent
