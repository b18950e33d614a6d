// Version 1 of cgroups: cpuacct.*, cpu.*, memory.*, blkio.throttle.*, pids.*; a controller that is
// not mounted says nothing.
#include <unistd.h>

#include "agent/host/containers/cgroup_stats.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr double nanos_per_second = 1e9;
constexpr double no_limit = 4e18;  // the kernel writes 2^63 less a page for "none"

Maybe divided(Maybe value, double by) {
  return value ? Maybe(*value / by) : std::nullopt;
}

Maybe limit_v1(const std::string& path) {
  const auto limit = read_number(path);
  return limit && *limit > no_limit ? Maybe(0) : limit;
}

void read_cpu(const CgroupTree& tree, const std::string& id, CgroupStats& out) {
  const auto account = cgroup_path(tree.cpuacct, id);
  const auto cpu = cgroup_path(tree.cpu, id);
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  out.cpu_usage = divided(read_number(account + "/cpuacct.usage"), nanos_per_second);
  const auto used = text_or_empty(account + "/cpuacct.stat");
  const auto used_keys = parse_flat_keyed(used);
  out.cpu_user = divided(find_key(used_keys, "user"), ticks);
  out.cpu_system = divided(find_key(used_keys, "system"), ticks);
  const auto throttled = text_or_empty(cpu + "/cpu.stat");
  const auto keys = parse_flat_keyed(throttled);
  out.periods = find_key(keys, "nr_periods");
  out.throttled_periods = find_key(keys, "nr_throttled");
  out.throttled_time = divided(find_key(keys, "throttled_time"), nanos_per_second);
  out.cpu_shares = read_number(cpu + "/cpu.shares");
  out.cpu_period = read_number(cpu + "/cpu.cfs_period_us");
  out.cpu_quota = read_number(cpu + "/cpu.cfs_quota_us");
  if (out.cpu_quota && *out.cpu_quota <= 0) out.cpu_quota.reset();
}

void read_memory_v1(const std::string& memory, CgroupStats& out) {
  const auto text = text_or_empty(memory + "/memory.stat");
  const auto keys = parse_flat_keyed(text);
  out.memory_usage = read_number(memory + "/memory.usage_in_bytes");
  out.memory_peak = read_number(memory + "/memory.max_usage_in_bytes");
  out.memory_failures = read_number(memory + "/memory.failcnt");
  out.kernel_memory = read_number(memory + "/memory.kmem.usage_in_bytes");
  out.anonymous = find_key(keys, "total_rss");
  out.page_cache = find_key(keys, "total_cache");
  out.swap = find_key(keys, "total_swap");
  out.mapped_file = find_key(keys, "total_mapped_file");
  out.active_file = find_key(keys, "total_active_file");
  out.inactive_file = find_key(keys, "total_inactive_file");
  out.faults = find_key(keys, "pgfault");
  out.major_faults = find_key(keys, "pgmajfault");
  out.tree_faults = find_key(keys, "total_pgfault");
  out.tree_major_faults = find_key(keys, "total_pgmajfault");
  out.memory_limit = limit_v1(memory + "/memory.limit_in_bytes");
  out.swap_limit = limit_v1(memory + "/memory.memsw.limit_in_bytes");
  out.memory_reservation = limit_v1(memory + "/memory.soft_limit_in_bytes");
  const auto oom = text_or_empty(memory + "/memory.oom_control");
  out.out_of_memory = find_key(parse_flat_keyed(oom), "oom_kill");
}

// With what is below where this kernel can tell.
std::string blkio_of(const std::string& blkio, const std::string& what) {
  auto text = text_or_empty(blkio + "/blkio.throttle." + what + "_recursive");
  return text.empty() ? text_or_empty(blkio + "/blkio.throttle." + what) : text;
}

void read_pids(const std::string& pids, CgroupStats& out) {
  out.threads = read_number(pids + "/pids.current");
  if (const auto limit = read_line(pids + "/pids.max"))
    out.threads_limit = to_number(*limit).value_or(0);  // "max"
}

}  // namespace

CgroupStats read_cgroup_v1(const CgroupTree& tree, const std::string& id) {
  CgroupStats out;
  read_cpu(tree, id, out);
  read_memory_v1(cgroup_path(tree.memory, id), out);
  const auto blkio = cgroup_path(tree.blkio, id);
  out.io = parse_blkio(blkio_of(blkio, "io_service_bytes"), blkio_of(blkio, "io_serviced"));
  read_pids(cgroup_path(tree.pids, id), out);
  return out;
}

}  // namespace sluice::agent
