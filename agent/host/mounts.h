// The mount table, and which mounts are worth reporting (node_exporter's default exclusions).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice::agent {

struct Mount {
  std::string device;
  std::string mountpoint;
  std::string fstype;
  bool readonly = false;
  friend bool operator==(const Mount&, const Mount&) = default;
};

// /proc/PID/mountinfo; octal escapes (\040) are undone. Excluded mounts are left out, and of equal
// device, mount point and type the first is kept.
Result<std::vector<Mount>> parse_mountinfo(std::string_view text);

// A field of mountinfo without its octal escapes.
std::string unescape_mount(std::string_view text);

// Network file systems and those of user space: what may hang.
bool remote_type(std::string_view fstype);
bool reported_mount(std::string_view mountpoint, std::string_view fstype);

}  // namespace sluice::agent
