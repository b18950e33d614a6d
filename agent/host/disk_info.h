// What udev knows of block devices: node_disk_info, node_disk_filesystem_info and
// node_disk_device_mapper_info.
#pragma once

#include <string>
#include <string_view>

#include "agent/host/family.h"

namespace sluice::agent {

// A device of /proc/diskstats; "8", "0", "sda".
struct BlockDevice {
  std::string_view major;
  std::string_view minor;
  std::string_view name;
};

// `udev` is the text of /run/udev/data/bMAJOR:MINOR, lines E:KEY=VALUE; "" where there is none.
void emit_disk_info(const BlockDevice& device, std::string_view udev, Families& out);

}  // namespace sluice::agent
