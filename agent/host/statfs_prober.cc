#include "agent/host/statfs_prober.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <system_error>
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

struct StatfsProber::Asked {
  std::size_t path = 0;
  std::shared_ptr<Call> call;
};

std::vector<Result<FsUsage>> StatfsProber::probe(const std::vector<std::string>& paths) {
  forget_returned();
  std::vector<Result<FsUsage>> out(paths.size(),
                                   Error{ErrorCode::timeout, "too many mounts do not answer"});
  for (std::size_t next = 0; next < paths.size() && stuck_.size() < max_stuck;)
    await(start_some(paths, next, out), paths, out);
  return out;
}

// A thread per call and not standing workers: the calls are few (one per mount per scrape), and a
// thread that can be abandoned must own nothing else.
std::vector<StatfsProber::Asked> StatfsProber::start_some(const std::vector<std::string>& paths,
                                                          std::size_t& next,
                                                          std::vector<Result<FsUsage>>& out) {
  std::vector<Asked> asked;
  const auto most = std::min(at_a_time, max_stuck - stuck_.size());
  for (; next < paths.size() && asked.size() < most; ++next) {
    if (stuck_.contains(paths[next])) {
      out[next] = Error{ErrorCode::timeout, "mount does not answer"};
      continue;
    }
    auto call = std::make_shared<Call>();
    try {
      std::thread([call, statfs = statfs_, path = paths[next]] {
        auto result = statfs(path);
        const std::lock_guard lock(call->mutex);
        call->result = std::move(result);
        call->done.notify_one();
      }).detach();
      asked.push_back({next, std::move(call)});
    } catch (const std::system_error& e) {
      out[next] = Error{ErrorCode::unavailable, std::string("no thread to ask it: ") + e.what()};
    }
  }
  return asked;
}

void StatfsProber::await(std::vector<Asked> asked, const std::vector<std::string>& paths,
                         std::vector<Result<FsUsage>>& out) {
  const auto deadline = std::chrono::steady_clock::now() + timeout_;
  for (auto& [path, call] : asked) {
    std::unique_lock lock(call->mutex);
    const auto answered = [&c = *call] { return c.result.has_value(); };
    if (call->done.wait_until(lock, deadline, answered)) {
      out[path] = std::move(*call->result);
      continue;
    }
    out[path] = Error{ErrorCode::timeout, "mount does not answer"};
    stuck_.emplace(paths[path], call);
  }
}

void StatfsProber::forget_returned() {
  std::erase_if(stuck_, [](const auto& entry) {
    const std::lock_guard lock(entry.second->mutex);
    return entry.second->result.has_value();
  });
}

}  // namespace sluice::agent
