#include <chrono>

#include "agent/host/collector.h"
#include "base/telemetry/log.h"

namespace sluice::agent {

// Text files last: their families must not take the name of a collector's.
std::vector<Collector> make_collectors(const HostRoots& roots) {
  constexpr Collector (*makers[])(const HostRoots&) = {
      arp_collector,      bonding_collector,    conntrack_collector,    containers_collector,
      cpu_collector,      cpufreq_collector,    diskstats_collector,    dmi_collector,
      edac_collector,     entropy_collector,    filefd_collector,       filesystem_collector,
      hwmon_collector,    interrupts_collector, kernel_hung_collector,  loadavg_collector,
      mdadm_collector,    meminfo_collector,    netclass_collector,     netdev_collector,
      netstat_collector,  nvme_collector,       os_collector,           powersupplyclass_collector,
      pressure_collector, process_collector,    processes_collector,    schedstat_collector,
      selinux_collector,  sockstat_collector,   softnet_collector,      stat_collector,
      systemd_collector,  tcpstat_collector,    thermal_zone_collector, time_collector,
      timex_collector,    udp_queues_collector, uname_collector,        vmstat_collector,
      watchdog_collector, textfile_collector};
  std::vector<Collector> out;
  for (const auto make : makers) out.push_back(make(roots));
  return out;
}

namespace {

Result<void> collect_one(const Collector& collector, Families& out) {
  Families found;
  SLUICE_CHECK(collector.collect(found));
  if (const auto taken = out.merge(std::move(found)); taken > 0)
    return Error{ErrorCode::conflict,
                 std::to_string(taken) + " families are there from another collector"};
  return {};
}

}  // namespace

Families collect_all(const std::vector<Collector>& collectors) {
  Families out;
  for (const auto& collector : collectors) {
    const auto begin = std::chrono::steady_clock::now();
    const auto done = collect_one(collector, out);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!done && done.error().code != ErrorCode::not_found)
      log_debug("collector failed", {{"collector", collector.name}, {"error", done.error()}});
    const LabelSet label{{"collector", collector.name}};
    out.gauge("node_scrape_collector_duration_seconds", "Time the collector took.", took.count(),
              label);
    out.gauge("node_scrape_collector_success", "1 if the collector had data.", done ? 1 : 0, label);
  }
  return out;
}

}  // namespace sluice::agent
