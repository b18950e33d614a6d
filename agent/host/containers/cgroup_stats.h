// What a cgroup has used and may use. Filled by one reader per version of cgroups, emitted by one
// function under cAdvisor's names.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/host/containers/cgroup_tree.h"
#include "agent/host/family.h"

namespace sluice::agent {

// Bytes and requests of a block device, by its numbers.
struct DeviceIo {
  std::string number;  // "8:0"
  double reads = 0;
  double writes = 0;
  double read_bytes = 0;
  double write_bytes = 0;
};

struct Pressure {
  std::string_view resource;  // cpu, memory or io
  double waiting = 0;         // seconds in which some waited
  double stalled = 0;         // seconds in which all did
};

using Maybe = std::optional<double>;  // absent: this kernel does not say

// Seconds and bytes where nothing else is said.
struct CgroupStats {
  Maybe cpu_usage, cpu_user, cpu_system;
  Maybe periods, throttled_periods, throttled_time;
  Maybe cpu_period, cpu_quota;  // microseconds; no quota: absent
  Maybe cpu_shares;
  Maybe memory_usage, memory_peak, memory_failures, kernel_memory;
  Maybe anonymous, page_cache, swap, mapped_file, active_file, inactive_file;
  Maybe faults, major_faults;                          // of this cgroup's own processes
  Maybe tree_faults, tree_major_faults;                // and of those below
  Maybe memory_limit, swap_limit, memory_reservation;  // 0: none
  Maybe out_of_memory;                                 // kills
  Maybe threads, threads_limit;                        // limit 0: none
  std::vector<DeviceIo> io;
  std::vector<Pressure> pressure;
};

CgroupStats read_cgroup_v1(const CgroupTree& tree, const std::string& id);
CgroupStats read_cgroup_v2(const CgroupTree& tree, const std::string& id);

// `device_name` gives "/dev/sda" for "8:0".
using DeviceName = std::function<std::string(const std::string& number)>;
void emit_cgroup(const CgroupStats& stats, const LabelSet& labels, const DeviceName& device_name,
                 Families& out);

// The parsers; odd lines are left out, so that a newer kernel's additions do no harm.
using KeyValues = std::vector<std::pair<std::string_view, double>>;
KeyValues parse_flat_keyed(std::string_view text);  // "user_usec 12"
Maybe find_key(const KeyValues& values, std::string_view key);
// "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0"
std::vector<DeviceIo> parse_io_stat(std::string_view text);
// "8:0 Read 1", of io_service_bytes and io_serviced.
std::vector<DeviceIo> parse_blkio(std::string_view bytes, std::string_view requests);
// "some avg10=0.00 avg60=0.00 avg300=0.00 total=1" and "full ..."
Pressure parse_cgroup_pressure(std::string_view resource, std::string_view text);

}  // namespace sluice::agent
