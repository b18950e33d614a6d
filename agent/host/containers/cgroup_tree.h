// The cgroup hierarchies of this machine, and the cgroups in them.
//
// Version 2 has one tree; version 1 has one per controller, of the same shape where a runtime made
// them. A cgroup is named by its path below the root, "/system.slice/ssh.service"; "/" is all.
#pragma once

#include <string>
#include <vector>

#include "base/types/result.h"

namespace sluice::agent {

// The directory of each controller's root; empty where there is none. On version 2 all the same.
struct CgroupTree {
  bool unified = false;  // version 2
  std::string cpu;
  std::string cpuacct;
  std::string memory;
  std::string blkio;
  std::string pids;
};

struct CgroupList {
  std::vector<std::string> ids;  // "/" first, then sorted
  bool complete = true;          // false: there are more than anyone should have to read
};

// Below SYS/fs/cgroup. Error(not_found) where neither version is mounted.
Result<CgroupTree> find_cgroup_tree(const std::string& sys);
// Mounts that systemd keeps as cgroups are left out, as by cAdvisor.
CgroupList list_cgroups(const CgroupTree& tree);

// "/sys/fs/cgroup/memory" and "/a" make "/sys/fs/cgroup/memory/a"; "/" makes the root itself.
std::string cgroup_path(const std::string& controller, const std::string& id);
// Directories in this one, sorted.
std::vector<std::string> list_directories(const std::string& directory);

}  // namespace sluice::agent
