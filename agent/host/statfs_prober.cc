#include "agent/host/statfs_prober.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

namespace sluice::agent {

// Shared by the caller and the thread that makes the call; the last one frees it.
struct StatfsProber::Call {
  std::mutex mutex;
  std::condition_variable done;
  std::optional<Result<FsUsage>> result;  // guarded by mutex
};

Result<FsUsage> real_statfs(const std::string& path) {
  struct statvfs s {};
  if (::statvfs(path.c_str(), &s) != 0) return Error{ErrorCode::io, std::strerror(errno)};
  const auto block = static_cast<double>(s.f_frsize);
  FsUsage out;
  out.size = static_cast<double>(s.f_blocks) * block;
  out.free = static_cast<double>(s.f_bfree) * block;
  out.available = static_cast<double>(s.f_bavail) * block;
  out.files = static_cast<double>(s.f_files);
  out.files_free = static_cast<double>(s.f_ffree);
  out.readonly = (s.f_flag & ST_RDONLY) != 0;
  return out;
}

StatfsProber::StatfsProber(Statfs statfs, std::chrono::milliseconds timeout)
    : statfs_(std::move(statfs)), timeout_(timeout) {}

std::vector<Result<FsUsage>> StatfsProber::probe(const std::vector<std::string>& paths) {
  forget_returned();
  std::vector<Result<FsUsage>> out;
  out.reserve(paths.size());
  for (const auto& path : paths) out.push_back(probe_one(path));
  return out;
}

// A thread per call and not a standing worker: the calls are few (one per mount per scrape), and a
// thread that can be abandoned must own nothing else.
Result<FsUsage> StatfsProber::probe_one(const std::string& path) {
  if (stuck_.contains(path)) return Error{ErrorCode::timeout, "mount does not answer"};
  if (stuck_.size() >= max_stuck) return Error{ErrorCode::timeout, "too many mounts do not answer"};
  auto call = std::make_shared<Call>();
  std::thread([call, statfs = statfs_, path] {
    auto result = statfs(path);
    const std::lock_guard lock(call->mutex);
    call->result = std::move(result);
    call->done.notify_one();
  }).detach();
  std::unique_lock lock(call->mutex);
  if (call->done.wait_for(lock, timeout_, [&call] { return call->result.has_value(); }))
    return std::move(*call->result);
  stuck_.emplace(path, call);
  return Error{ErrorCode::timeout, "mount does not answer"};
}

void StatfsProber::forget_returned() {
  std::erase_if(stuck_, [](const auto& entry) {
    const std::lock_guard lock(entry.second->mutex);
    return entry.second->result.has_value();
  });
}

}  // namespace sluice::agent
