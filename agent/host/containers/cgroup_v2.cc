// Version 2 of cgroups: cpu.*, memory.*, io.stat, pids.* and *.pressure of one directory.
#include "agent/host/containers/cgroup_stats.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr double micros_per_second = 1e6;

Maybe seconds_of(const KeyValues& keys, std::string_view key) {
  const auto value = find_key(keys, key);
  return value ? Maybe(*value / micros_per_second) : std::nullopt;
}

// "max" is no limit, which cAdvisor shows as 0.
Maybe limit_v2(const std::string& path) {
  const auto line = read_line(path);
  return line ? Maybe(to_number(*line).value_or(0)) : std::nullopt;
}

// The weight of version 2, 1 to 10000, as shares of version 1, 2 to 262144: what Kubernetes and
// runc convert from, backwards.
Maybe shares_of(Maybe weight) {
  if (!weight) return std::nullopt;
  constexpr double span_of_shares = 262'142;
  constexpr double span_of_weights = 9'999;
  const auto above = (*weight - 1) * span_of_shares / span_of_weights;
  return 2 + static_cast<double>(static_cast<std::uint64_t>(above < 0 ? 0 : above));
}

void read_cpu(const std::string& path, CgroupStats& out) {
  const auto text = text_or_empty(path + "/cpu.stat");
  const auto keys = parse_flat_keyed(text);
  out.cpu_usage = seconds_of(keys, "usage_usec");
  out.cpu_user = seconds_of(keys, "user_usec");
  out.cpu_system = seconds_of(keys, "system_usec");
  out.periods = find_key(keys, "nr_periods");
  out.throttled_periods = find_key(keys, "nr_throttled");
  out.throttled_time = seconds_of(keys, "throttled_usec");
  out.cpu_shares = shares_of(read_number(path + "/cpu.weight"));
  const auto max = read_line(path + "/cpu.max").value_or("");  // "max 100000" or "50000 100000"
  const auto fields = split_fields(max);
  if (fields.size() != 2) return;
  out.cpu_quota = to_number(fields[0]);
  out.cpu_period = to_number(fields[1]);
}

void read_memory_v2(const std::string& path, CgroupStats& out) {
  const auto text = text_or_empty(path + "/memory.stat");
  const auto keys = parse_flat_keyed(text);
  const auto events = text_or_empty(path + "/memory.events");
  const auto event_keys = parse_flat_keyed(events);
  out.memory_usage = read_number(path + "/memory.current");
  out.memory_peak = read_number(path + "/memory.peak");
  out.memory_failures = find_key(event_keys, "max");
  out.out_of_memory = find_key(event_keys, "oom_kill");
  out.kernel_memory = find_key(keys, "kernel");
  out.anonymous = find_key(keys, "anon");
  out.page_cache = find_key(keys, "file");
  out.mapped_file = find_key(keys, "file_mapped");
  out.active_file = find_key(keys, "active_file");
  out.inactive_file = find_key(keys, "inactive_file");
  out.faults = out.tree_faults = find_key(keys, "pgfault");
  out.major_faults = out.tree_major_faults = find_key(keys, "pgmajfault");
  out.swap = read_number(path + "/memory.swap.current");
  out.memory_limit = limit_v2(path + "/memory.max");
  out.swap_limit = limit_v2(path + "/memory.swap.max");
  out.memory_reservation = limit_v2(path + "/memory.min");
}

void read_pressure(const std::string& path, CgroupStats& out) {
  for (const std::string_view resource : {"cpu", "memory", "io"}) {
    const auto text = text_or_empty(path + "/" + std::string(resource) + ".pressure");
    if (!text.empty()) out.pressure.push_back(parse_cgroup_pressure(resource, text));
  }
}

}  // namespace

CgroupStats read_cgroup_v2(const CgroupTree& tree, const std::string& id) {
  CgroupStats out;
  const auto path = cgroup_path(tree.memory, id);
  read_cpu(path, out);
  read_memory_v2(path, out);
  out.io = parse_io_stat(text_or_empty(path + "/io.stat"));
  out.threads = read_number(path + "/pids.current");
  out.threads_limit = limit_v2(path + "/pids.max");
  read_pressure(path, out);
  return out;
}

}  // namespace sluice::agent
