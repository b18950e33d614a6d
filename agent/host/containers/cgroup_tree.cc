#include "agent/host/containers/cgroup_tree.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>

namespace sluice::agent {
namespace {

constexpr std::size_t most_directories = 20'000;
constexpr std::size_t deepest = 32;

bool is_directory(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
}

// The first of these that is mounted: controllers may share a mount under either name.
std::string first_of(const std::string& root, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    auto path = root + "/" + std::string(name);
    if (is_directory(path)) return path;
  }
  return {};
}

struct Walk {
  std::set<std::string> ids;
  bool complete = true;
};

// What another hierarchy of version 1 has too counts once.
void visit(const std::string& root, const std::string& id, std::size_t depth, Walk& walk) {
  if (!walk.ids.contains(id) && walk.ids.size() > most_directories) {
    walk.complete = false;
    return;
  }
  walk.ids.insert(id);
  for (const auto& name : list_directories(cgroup_path(root, id))) {
    if (name.ends_with(".mount")) continue;
    if (depth == deepest) {
      walk.complete = false;
      return;
    }
    visit(root, (id == "/" ? "" : id) + "/" + name, depth + 1, walk);
  }
}

}  // namespace

std::vector<std::string> list_directories(const std::string& directory) {
  std::vector<std::string> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), &::closedir);
  if (!dir) return out;
  while (const dirent* e = ::readdir(dir.get())) {
    if (e->d_name[0] == '.') continue;
    const bool unknown = e->d_type == DT_UNKNOWN && is_directory(directory + "/" + e->d_name);
    if (e->d_type == DT_DIR || unknown) out.emplace_back(e->d_name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string cgroup_path(const std::string& controller, const std::string& id) {
  return id == "/" ? controller : controller + id;
}

Result<CgroupTree> find_cgroup_tree(const std::string& sys) {
  const auto root = sys + "/fs/cgroup";
  struct stat s {};
  if (::stat((root + "/cgroup.controllers").c_str(), &s) == 0)
    return CgroupTree{true, root, root, root, root, root};
  CgroupTree tree;
  tree.cpu = first_of(root, {"cpu", "cpu,cpuacct", "cpuacct,cpu"});
  tree.cpuacct = first_of(root, {"cpuacct", "cpu,cpuacct", "cpuacct,cpu"});
  tree.memory = first_of(root, {"memory"});
  tree.blkio = first_of(root, {"blkio"});
  tree.pids = first_of(root, {"pids"});
  if (tree.cpuacct.empty() && tree.memory.empty())
    return Error{ErrorCode::not_found, root + ": no cgroups are mounted"};
  return tree;
}

CgroupList list_cgroups(const CgroupTree& tree) {
  Walk walk;
  const std::set<std::string> roots{tree.cpuacct, tree.memory, tree.blkio, tree.pids};
  for (const auto& root : roots)
    if (!root.empty()) visit(root, "/", 0, walk);
  return {{walk.ids.begin(), walk.ids.end()}, walk.complete};
}

}  // namespace sluice::agent
