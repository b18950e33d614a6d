#include "agent/tail/watcher.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace sluice::agent {
namespace {

constexpr std::uint32_t interest = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                   IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

}  // namespace

Watcher::Watcher() : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

Watcher::~Watcher() {
  if (fd_ >= 0) ::close(fd_);
}

void Watcher::watch(const std::set<std::string>& directories) {
  if (fd_ < 0) return;
  for (auto it = by_path_.begin(); it != by_path_.end();) {
    if (directories.contains(it->first)) {
      ++it;
      continue;
    }
    ::inotify_rm_watch(fd_, it->second);
    by_watch_.erase(it->second);
    it = by_path_.erase(it);
  }
  for (const auto& directory : directories) {
    if (by_path_.contains(directory) || by_path_.size() >= max_watches) continue;
    const int watch = ::inotify_add_watch(fd_, directory.c_str(), interest);
    if (watch < 0) continue;
    by_path_[directory] = watch;
    by_watch_[watch] = directory;
  }
}

Watcher::Events Watcher::drain() {
  Events out;
  alignas(inotify_event) std::array<char, 16 << 10> buffer;
  for (int reads = 0; fd_ >= 0 && reads < 64; ++reads) {  // a flood of events must not hold us
    const auto n = ::read(fd_, buffer.data(), buffer.size());
    if (n <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(n);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      take(event, event.len > 0 ? buffer.data() + at + sizeof event : "", out);
      at += sizeof event + event.len;
    }
  }
  moved_from_.clear();
  return out;
}

void Watcher::take(const inotify_event& event, const std::string& name, Events& out) {
  if ((event.mask & IN_Q_OVERFLOW) != 0) out.overflow = true;
  const auto it = by_watch_.find(event.wd);
  if (it == by_watch_.end()) return;
  if ((event.mask & (IN_ISDIR | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)) != 0)
    out.directories = true;
  if ((event.mask & IN_IGNORED) != 0) {
    by_path_.erase(it->second);
    by_watch_.erase(it);
    return;
  }
  if (name.empty()) return;
  const auto path = it->second + (it->second == "/" ? "" : "/") + name;
  out.paths.insert(path);
  if ((event.mask & IN_MOVED_FROM) != 0) moved_from_[event.cookie] = path;
  if ((event.mask & IN_MOVED_TO) == 0) return;
  const auto from = moved_from_.find(event.cookie);
  if (from == moved_from_.end()) return;
  auto first = out.renamed.extract(from->second);
  out.renamed[path] = first.empty() ? from->second : first.mapped();
}

}  // namespace sluice::agent
