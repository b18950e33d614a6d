// File patterns: *, ?, [set] within a path component, and ** for any number of directories.
//
// As in a shell, a leading dot must be matched by a literal dot. Pure except for walk(), which is
// given the directory lister. Patterns are absolute or relative to the working directory.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::agent {

class Glob {
 public:
  explicit Glob(std::string_view pattern);
  bool matches(std::string_view path) const;
  const std::string& pattern() const { return pattern_; }
  bool absolute() const { return absolute_; }
  const std::vector<std::string>& components() const { return components_; }

 private:
  std::string pattern_;
  bool absolute_ = false;
  std::vector<std::string> components_;
};

// One directory entry as the walk needs it. A symbolic link to a directory is followed by a
// literal or wildcard component, and not by ** (links may form loops).
struct DirEntry {
  std::string name;
  bool directory = false;  // links followed
  bool link = false;
};
using ListDirectory = std::function<std::vector<DirEntry>(const std::string& directory)>;

struct WalkLimits {
  std::size_t max_files = 100'000;
  std::size_t max_directories = 20'000;
  std::size_t max_depth = 32;
};

struct WalkResult {
  std::vector<std::string> files;
  std::vector<std::string> directories;  // that were listed: where new files may appear
  bool truncated = false;                // a limit was met; the rest was not looked at
};

WalkResult walk(const Glob& glob, const ListDirectory& list, const WalkLimits& limits);
std::vector<DirEntry> list_directory(const std::string& directory);  // the real one

}  // namespace sluice::agent
