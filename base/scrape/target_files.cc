#include "base/scrape/target_files.h"

#include <glob.h>
#include <sys/stat.h>

#include <fstream>
#include <set>

#include "base/scrape/read_config.h"

namespace sluice::scrape {

namespace {

constexpr std::size_t max_target_file = 4 << 20;

Result<std::string> read_target_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::io, path + ": cannot be opened"};
  std::string text(max_target_file + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > max_target_file)
    return Error{ErrorCode::too_large, path + ": target files may have at most 4 MiB"};
  return text;
}

}  // namespace

std::vector<std::string> expand_pattern(const std::string& pattern) {
  if (pattern.find('*') == std::string::npos) return {pattern};
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return paths;
}

bool TargetFiles::read(const std::string& path, bool anyway) {
  struct stat state {};
  if (::stat(path.c_str(), &state) != 0) {
    failures_[path] = path + ": cannot be opened";
    return files_.erase(path) > 0;
  }
  File& file = files_[path];
  const std::int64_t changed =
      state.st_mtim.tv_sec * std::int64_t{1'000'000'000} + state.st_mtim.tv_nsec;
  const auto inode = static_cast<std::int64_t>(state.st_ino);
  const bool same = file.changed_ns == changed && file.size == state.st_size && file.inode == inode;
  if (same && !anyway) return false;
  file.changed_ns = changed;
  file.size = state.st_size;
  file.inode = inode;
  auto text = read_target_file(path);
  auto groups = text ? parse_target_file(std::move(*text), path)
                     : Result<std::vector<TargetGroup>>(text.error());
  if (!groups) {
    failures_[path] = groups.error().message;
    return false;
  }
  failures_.erase(path);
  const bool differs = file.groups != *groups;
  file.groups = std::move(*groups);
  return differs;
}

bool TargetFiles::refresh(Timestamp now) {
  bool differs = false;
  std::set<std::string> present;
  refreshed_.resize(discoveries_.size(), Timestamp::min());
  for (std::size_t i = 0; i < discoveries_.size(); ++i) {
    const bool never = refreshed_[i] == Timestamp::min();
    // A clock that was set back must not stop the refreshing.
    const bool due =
        never || now < refreshed_[i] || now - refreshed_[i] >= discoveries_[i].refresh_interval;
    if (due) refreshed_[i] = now;
    for (const auto& pattern : discoveries_[i].files)
      for (const auto& path : expand_pattern(pattern))
        if (present.insert(path).second) differs = read(path, due) || differs;
  }
  differs = std::erase_if(files_, [&](const auto& f) { return !present.contains(f.first); }) > 0 ||
            differs;
  std::erase_if(failures_, [&](const auto& f) { return !present.contains(f.first); });
  return differs;
}

std::vector<TargetGroup> TargetFiles::groups() const {
  std::vector<TargetGroup> out;
  for (const auto& [path, file] : files_)
    out.insert(out.end(), file.groups.begin(), file.groups.end());
  return out;
}

}  // namespace sluice::scrape
