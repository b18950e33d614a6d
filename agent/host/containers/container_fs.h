// The file systems of containers and of the machine: container_fs_limit_bytes, _usage_bytes and
// inodes, by the mount tables and statvfs.
//
// What a container takes of a file system that it shares (an overlay's layers lie on the machine's
// disk) is known to nobody who has not walked it; its size and inodes are. Where the container's
// root is a file system of its own (a device of device mapper, a data set of ZFS, a volume of LXC),
// what is used of it is the container's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/family.h"
#include "agent/host/statfs_prober.h"

namespace sluice::agent {

// One that is to be asked for.
struct ContainerFs {
  LabelSet labels;     // those of the cgroup and `device`
  std::string path;    // what statvfs is asked; several may share it
  bool alone = false;  // nothing else is on it
};

// Of a container, by the mount tables (/proc/PID/mountinfo) of process 1 and of one of its own:
// device and path. `root` stands before paths of the machine; `container_root` is /proc/PID/root.
// nullopt: its root is in memory, or not found.
struct RootFs {
  std::string device;
  std::string path;
  bool alone = false;
  friend bool operator==(const RootFs&, const RootFs&) = default;
};
std::optional<RootFs> find_root_fs(std::string_view machine_mounts,
                                   std::string_view container_mounts, const std::string& root,
                                   const std::string& container_root);
// Those of block devices of the machine, each device once.
std::vector<RootFs> machine_fs(std::string_view machine_mounts, const std::string& root);

// Asks each path once; those that do not answer are left out.
void emit_fs(const std::vector<ContainerFs>& all, StatfsProber& prober, Families& out);

}  // namespace sluice::agent
