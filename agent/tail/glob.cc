#include "agent/tail/glob.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <memory>
#include <set>

namespace sluice::agent {
namespace {

constexpr std::string_view any_depth = "**";

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

bool component_matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD | FNM_NOESCAPE) == 0;
}

bool has_wildcard(std::string_view component) {
  return component.find_first_of("*?[") != std::string_view::npos;
}

bool hidden(const std::string& name) {
  return name.starts_with('.');
}

bool match_from(const std::vector<std::string>& pattern, std::size_t p,
                const std::vector<std::string>& path, std::size_t i) {
  if (p == pattern.size()) return i == path.size();
  if (pattern[p] == any_depth) {
    for (std::size_t next = i; next <= path.size(); ++next) {
      if (match_from(pattern, p + 1, path, next)) return true;
      if (next < path.size() && hidden(path[next])) return false;
    }
    return false;
  }
  return i < path.size() && component_matches(pattern[p], path[i]) &&
         match_from(pattern, p + 1, path, i + 1);
}

class Walker {
 public:
  Walker(const Glob& glob, const ListDirectory& list, const WalkLimits& limits)
      : parts_(glob.components()), list_(list), limits_(limits) {}

  WalkResult run(const std::string& root) {
    visit(root, 0, 0);
    out_.files.assign(files_.begin(), files_.end());
    out_.directories.assign(directories_.begin(), directories_.end());
    return std::move(out_);
  }

 private:
  static std::string join(const std::string& directory, const std::string& name) {
    if (directory.empty()) return name;
    return directory.ends_with('/') ? directory + name : directory + "/" + name;
  }

  void visit(const std::string& directory, std::size_t part, std::size_t depth) {
    if (part >= parts_.size() || depth > limits_.max_depth) return;
    const bool last = part + 1 == parts_.size();
    if (!last && !has_wildcard(parts_[part]))
      return visit(join(directory, parts_[part]), part + 1, depth + 1);
    if (directories_.size() >= limits_.max_directories || files_.size() >= limits_.max_files) {
      out_.truncated = true;
      return;
    }
    directories_.insert(directory.empty() ? "." : directory);
    const auto entries = list_(directory.empty() ? "." : directory);
    if (parts_[part] == any_depth)
      visit_any_depth(directory, entries, part, depth);
    else
      visit_matching(directory, entries, part, depth);
  }

  void visit_any_depth(const std::string& directory, const std::vector<DirEntry>& entries,
                       std::size_t part, std::size_t depth) {
    if (part + 1 == parts_.size())
      take_files(directory, entries, "*");
    else
      visit(directory, part + 1, depth);
    for (const auto& e : entries)
      if (e.directory && !e.link && !hidden(e.name))
        visit(join(directory, e.name), part, depth + 1);
  }

  void visit_matching(const std::string& directory, const std::vector<DirEntry>& entries,
                      std::size_t part, std::size_t depth) {
    if (part + 1 == parts_.size()) return take_files(directory, entries, parts_[part]);
    for (const auto& e : entries)
      if (e.directory && component_matches(parts_[part], e.name))
        visit(join(directory, e.name), part + 1, depth + 1);
  }

  void take_files(const std::string& directory, const std::vector<DirEntry>& entries,
                  const std::string& pattern) {
    for (const auto& e : entries)
      if (!e.directory && component_matches(pattern, e.name))
        files_.insert(join(directory, e.name));
  }

  const std::vector<std::string>& parts_;
  const ListDirectory& list_;
  const WalkLimits& limits_;
  std::set<std::string> files_;
  std::set<std::string> directories_;
  WalkResult out_;
};

// d_type spares a stat per entry where the file system tells it.
DirEntry entry_of(const std::string& directory, const dirent& e) {
  DirEntry out{e.d_name, e.d_type == DT_DIR, e.d_type == DT_LNK};
  if (e.d_type != DT_LNK && e.d_type != DT_UNKNOWN) return out;
  struct stat s {};
  const auto path = directory + "/" + out.name;
  out.link = ::lstat(path.c_str(), &s) == 0 && S_ISLNK(s.st_mode);
  out.directory = ::stat(path.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
  return out;
}

}  // namespace

Glob::Glob(std::string_view pattern)
    : pattern_(pattern), absolute_(pattern.starts_with('/')), components_(split_path(pattern)) {}

bool Glob::matches(std::string_view path) const {
  return absolute_ == path.starts_with('/') && match_from(components_, 0, split_path(path), 0);
}

WalkResult walk(const Glob& glob, const ListDirectory& list, const WalkLimits& limits) {
  return Walker(glob, list, limits).run(glob.absolute() ? "/" : "");
}

std::vector<DirEntry> list_directory(const std::string& directory) {
  std::vector<DirEntry> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
  if (!dir) return out;
  while (const dirent* e = ::readdir(dir.get())) {
    const std::string_view name = e->d_name;
    if (name != "." && name != "..") out.push_back(entry_of(directory, *e));
  }
  return out;
}

}  // namespace sluice::agent
