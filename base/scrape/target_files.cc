#include "base/scrape/target_files.h"

#include <fnmatch.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <set>

#include "base/scrape/read_config.h"

namespace sluice::scrape {

namespace {

constexpr std::size_t max_target_file = 4 << 20;
constexpr std::size_t max_files = 1'000;           // of one job
constexpr std::int64_t max_all_files = 128 << 20;  // bytes of one job

std::string failure_of(const std::string& path, const std::string& why) {
  return path + ": " + why;
}

Result<std::string> read_target_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::io, failure_of(path, "cannot be opened")};
  std::string text(max_target_file + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return Error{ErrorCode::io, failure_of(path, "cannot be read")};
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > max_target_file)
    return Error{ErrorCode::too_large, failure_of(path, "target files may have at most 4 MiB")};
  return text;
}

bool is_gone(int error) {
  return error == ENOENT || error == ENOTDIR;
}

// Of glob(): not zero ends the search.
int on_unreadable_folder(const char*, int error) {
  return is_gone(error) ? 0 : 1;
}

// The paths a pattern names, sorted. Error: its folder is there and cannot be read.
Result<std::vector<std::string>> expand_pattern(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  const int outcome = ::glob(pattern.c_str(), 0, &on_unreadable_folder, &found);
  if (outcome == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (outcome != 0 && outcome != GLOB_NOMATCH)
    return Error{ErrorCode::io, failure_of(pattern, "the folder cannot be read")};
  return paths;
}

}  // namespace

// Of a folder that cannot be read, the files that it had.
std::vector<std::string> TargetFiles::find(const std::string& pattern) {
  if (pattern.find('*') == std::string::npos) return {pattern};
  auto paths = expand_pattern(pattern);
  if (paths) {
    failures_.erase(pattern);
    return std::move(*paths);
  }
  failures_[pattern] = paths.error().message;
  std::vector<std::string> kept;
  for (const auto& [path, file] : files_)
    if (::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) kept.push_back(path);
  return kept;
}

// Only what is gone has no targets; of what cannot be looked at nobody knows.
bool TargetFiles::take_missing(const std::string& path, int error) {
  failures_[path] = failure_of(path, "cannot be opened");
  if (is_gone(error)) return files_.erase(path) > 0;
  if (const auto known = files_.find(path); known != files_.end()) known->second.changed_ns = -1;
  return false;
}

// Why the file cannot be taken beside the others; empty if it can.
std::string TargetFiles::find_bound(const std::string& path, std::int64_t size) const {
  if (!files_.contains(path) && files_.size() >= max_files)
    return failure_of(path, "a job may have at most 1,000 target files");
  std::int64_t all = size;
  for (const auto& [other, file] : files_)
    if (other != path) all += std::max<std::int64_t>(file.size, 0);
  if (all <= max_all_files) return {};
  return failure_of(path, "the target files of a job may have at most 128 MiB");
}

bool TargetFiles::read(const std::string& path, bool anyway) {
  struct stat state {};
  if (::stat(path.c_str(), &state) != 0) return take_missing(path, errno);
  File now;
  now.changed_ns = state.st_mtim.tv_sec * std::int64_t{1'000'000'000} + state.st_mtim.tv_nsec;
  now.size = state.st_size;
  now.inode = static_cast<std::int64_t>(state.st_ino);
  const auto known = files_.find(path);
  if (known != files_.end() && known->second.same_as(now) && !anyway) return false;
  if (std::string why = find_bound(path, now.size); !why.empty()) {
    failures_[path] = std::move(why);
    return false;
  }
  return read_changed(path, std::move(now));
}

bool TargetFiles::read_changed(const std::string& path, File now) {
  File& file = files_[path];
  auto text = read_target_file(path);
  // What could not be read is tried again, what is wrong in itself only when it changes.
  if (!text) now.changed_ns = -1;
  auto groups = text ? parse_target_file(std::move(*text), path)
                     : Result<std::vector<TargetGroup>>(text.error());
  const bool differs = groups && file.groups != *groups;
  now.groups = groups ? std::move(*groups) : std::move(file.groups);
  file = std::move(now);
  if (groups)
    failures_.erase(path);
  else
    failures_[path] = groups.error().message;
  return differs;
}

bool TargetFiles::refresh(Timestamp now) {
  bool differs = false;
  std::set<std::string> seen;
  std::set<std::string> patterns;
  refreshed_.resize(discoveries_.size(), Timestamp::min());
  for (std::size_t i = 0; i < discoveries_.size(); ++i) {
    const bool never = refreshed_[i] == Timestamp::min();
    // A clock that was set back must not stop the refreshing.
    const bool due =
        never || now < refreshed_[i] || now - refreshed_[i] >= discoveries_[i].refresh_interval;
    if (due) refreshed_[i] = now;
    for (const auto& pattern : discoveries_[i].files) {
      patterns.insert(pattern);
      for (const auto& path : find(pattern))
        if (seen.insert(path).second) differs = read(path, due) || differs;
    }
  }
  differs =
      std::erase_if(files_, [&](const auto& f) { return !seen.contains(f.first); }) > 0 || differs;
  std::erase_if(failures_, [&](const auto& f) {
    return !seen.contains(f.first) && !patterns.contains(f.first);
  });
  return differs;
}

std::vector<TargetGroup> TargetFiles::groups() const {
  std::vector<TargetGroup> out;
  for (const auto& [path, file] : files_)
    out.insert(out.end(), file.groups.begin(), file.groups.end());
  return out;
}

}  // namespace sluice::scrape
