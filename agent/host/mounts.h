// The mount table, and which mounts are worth reporting (node_exporter's default exclusions).
#pragma once

#include <optional>
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

// One line of /proc/PID/mountinfo (man 5 proc). The views are of the line.
struct MountLine {
  std::string_view number;  // of the device: "8:2"
  std::string_view root;    // what of the file system is mounted, escaped
  std::string mountpoint;
  std::string_view options;  // of the mount
  std::string_view fstype;
  std::string device;
  std::string_view fs_options;  // of the file system, escaped
};
std::optional<MountLine> parse_mount_line(std::string_view line);

// A field of mountinfo without its octal escapes.
std::string unescape_mount(std::string_view text);

// Network file systems and those of user space: what may hang.
bool remote_type(std::string_view fstype);
bool reported_mount(std::string_view mountpoint, std::string_view fstype);

}  // namespace sluice::agent
