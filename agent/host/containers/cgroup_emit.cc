// container_*: a cgroup's numbers under cAdvisor's names, labels and types.
#include <algorithm>
#include <array>

#include "agent/host/containers/cgroup_stats.h"

namespace sluice::agent {
namespace {

struct ContainerMetric {
  Maybe CgroupStats::*value;
  MetricType type;
  std::string_view name;
  std::string_view help;
};
using S = CgroupStats;

constexpr ContainerMetric always_shown[] = {
    {&S::cpu_user, MetricType::counter, "container_cpu_user_seconds_total",
     "CPU time in user space."},
    {&S::cpu_system, MetricType::counter, "container_cpu_system_seconds_total",
     "CPU time in the kernel."},
    {&S::cpu_shares, MetricType::gauge, "container_spec_cpu_shares",
     "Share of the CPU under contention."},
    {&S::cpu_period, MetricType::gauge, "container_spec_cpu_period",
     "Period of the CPU quota, microseconds."},
    {&S::memory_usage, MetricType::gauge, "container_memory_usage_bytes",
     "Memory in use, page cache too."},
    {&S::memory_peak, MetricType::gauge, "container_memory_max_usage_bytes",
     "Most memory ever in use."},
    {&S::memory_failures, MetricType::counter, "container_memory_failcnt",
     "How often the limit was met."},
    {&S::kernel_memory, MetricType::gauge, "container_memory_kernel_usage",
     "Memory used by the kernel."},
    {&S::anonymous, MetricType::gauge, "container_memory_rss", "Anonymous memory."},
    {&S::page_cache, MetricType::gauge, "container_memory_cache", "Page cache."},
    {&S::swap, MetricType::gauge, "container_memory_swap", "Swap in use."},
    {&S::mapped_file, MetricType::gauge, "container_memory_mapped_file", "Memory-mapped files."},
    {&S::active_file, MetricType::gauge, "container_memory_total_active_file_bytes",
     "Page cache in recent use."},
    {&S::inactive_file, MetricType::gauge, "container_memory_total_inactive_file_bytes",
     "Page cache that can be given back first."},
    {&S::memory_limit, MetricType::gauge, "container_spec_memory_limit_bytes",
     "Limit of memory; 0: none."},
    {&S::swap_limit, MetricType::gauge, "container_spec_memory_swap_limit_bytes",
     "Limit of swap; 0: none."},
    {&S::memory_reservation, MetricType::gauge, "container_spec_memory_reservation_limit_bytes",
     "Memory kept under pressure; 0: none."},
    {&S::out_of_memory, MetricType::counter, "container_oom_events_total",
     "Processes killed for lack of memory."},
    {&S::threads, MetricType::gauge, "container_threads", "Threads."},
    {&S::threads_limit, MetricType::gauge, "container_threads_max", "Limit of threads; 0: none."},
};

// Only where there is a quota: the others would always_shown be 0.
constexpr ContainerMetric with_quota[] = {
    {&S::cpu_quota, MetricType::gauge, "container_spec_cpu_quota",
     "CPU time allowed per period, microseconds."},
    {&S::periods, MetricType::counter, "container_cpu_cfs_periods_total",
     "Periods of the CPU quota."},
    {&S::throttled_periods, MetricType::counter, "container_cpu_cfs_throttled_periods_total",
     "Periods in which the quota was used up."},
    {&S::throttled_time, MetricType::counter, "container_cpu_cfs_throttled_seconds_total",
     "Time without CPU because the quota was used up."},
};

void add(MetricType type, std::string_view name, std::string_view help, double value,
         LabelSet labels, Families& out) {
  out.family(name, type, help).values.push_back({std::move(labels), value, {}});
}

LabelSet with(LabelSet labels, std::initializer_list<std::pair<std::string, std::string>> more) {
  for (const auto& [name, value] : more) labels.set(name, value);
  return labels;
}

template <std::size_t N>
void emit_all(const ContainerMetric (&shown)[N], const CgroupStats& stats, const LabelSet& labels,
              Families& out) {
  for (const auto& s : shown)
    if (const auto& value = stats.*s.value) add(s.type, s.name, s.help, *value, labels, out);
}

// Memory that is not given back without harm: what the kernel's out-of-memory decision looks at.
void emit_working_set(const CgroupStats& stats, const LabelSet& labels, Families& out) {
  if (!stats.memory_usage) return;
  const auto set = *stats.memory_usage - stats.inactive_file.value_or(0);
  out.gauge("container_memory_working_set_bytes", "Memory in use without inactive page cache.",
            std::max(set, 0.0), labels);
}

void emit_faults(const CgroupStats& stats, const LabelSet& labels, Families& out) {
  const auto emit = [&](const Maybe& value, const char* type, const char* scope) {
    if (value)
      out.counter("container_memory_failures_total", "Page faults.", *value,
                  with(labels, {{"failure_type", type}, {"scope", scope}}));
  };
  emit(stats.faults, "pgfault", "container");
  emit(stats.tree_faults, "pgfault", "hierarchy");
  emit(stats.major_faults, "pgmajfault", "container");
  emit(stats.tree_major_faults, "pgmajfault", "hierarchy");
}

void emit_usage(const DeviceIo& io, const std::string& device, const LabelSet& labels,
                Families& out) {
  const auto colon = io.number.find(':');
  const auto numbered = with(labels, {{"device", device},
                                      {"major", io.number.substr(0, colon)},
                                      {"minor", io.number.substr(colon + 1)}});
  constexpr auto name = "container_blkio_device_usage_total";
  constexpr auto help = "Bytes read from and written to a block device.";
  out.counter(name, help, io.read_bytes, with(numbered, {{"operation", "Read"}}));
  out.counter(name, help, io.write_bytes, with(numbered, {{"operation", "Write"}}));
}

void emit_io(const CgroupStats& stats, const LabelSet& labels, const DeviceName& device_name,
             Families& out) {
  for (const auto& io : stats.io) {
    const auto device = device_name(io.number);
    const auto on = with(labels, {{"device", device}});
    out.counter("container_fs_reads_bytes_total", "Bytes read.", io.read_bytes, on);
    out.counter("container_fs_reads_total", "Reads.", io.reads, on);
    out.counter("container_fs_writes_bytes_total", "Bytes written.", io.write_bytes, on);
    out.counter("container_fs_writes_total", "Writes.", io.writes, on);
    emit_usage(io, device, labels, out);
  }
}

void emit_pressure(const CgroupStats& stats, const LabelSet& labels, Families& out) {
  for (const auto& p : stats.pressure) {
    const auto name = "container_pressure_" + std::string(p.resource);
    out.counter(name + "_stalled_seconds_total", "Time in which all waited for it.", p.stalled,
                labels);
    out.counter(name + "_waiting_seconds_total", "Time in which some waited for it.", p.waiting,
                labels);
  }
}

}  // namespace

void emit_cgroup(const CgroupStats& stats, const LabelSet& labels, const DeviceName& device_name,
                 Families& out) {
  if (stats.cpu_usage)
    out.counter("container_cpu_usage_seconds_total", "CPU time.", *stats.cpu_usage,
                with(labels, {{"cpu", "total"}}));
  emit_all(always_shown, stats, labels, out);
  if (stats.cpu_quota) emit_all(with_quota, stats, labels, out);
  emit_working_set(stats, labels, out);
  emit_faults(stats, labels, out);
  emit_io(stats, labels, device_name, out);
  emit_pressure(stats, labels, out);
}

}  // namespace sluice::agent
