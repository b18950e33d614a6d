// Watcher: inotify on the directories that globs look into. Thin.
//
// One watch per directory and none per file. It only makes things faster: a sweep finds whatever
// the kernel did not tell (network file systems, a full queue, too many directories).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

struct inotify_event;

namespace sluice::agent {

class Watcher {
 public:
  Watcher();
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  int fd() const { return fd_; }  // readable when there are events; -1 if inotify is not to be had
  // Watches exactly these directories, at most max_watches of them.
  void watch(const std::set<std::string>& directories);

  struct Events {
    std::set<std::string> paths;  // written, created, removed or renamed
    // Where a file is now -> the name it had first. Chains of renames are followed.
    std::map<std::string, std::string> renamed;
    bool overflow = false;     // some were lost: sweep
    bool directories = false;  // a directory came or went: sweep
  };
  Events drain();

 private:
  static constexpr std::size_t max_watches = 4096;

  void take(const inotify_event& event, const std::string& name, Events& out);

  int fd_;
  std::map<std::string, int> by_path_;
  std::map<int, std::string> by_watch_;
  std::map<std::uint32_t, std::string> moved_from_;  // by cookie; within one drain
};

}  // namespace sluice::agent
