#include <chrono>

#include "agent/host/collector.h"
#include "base/telemetry/log.h"

namespace sluice::agent {

std::vector<Collector> make_collectors(const HostRoots& roots) {
  constexpr Collector (*makers[])(const HostRoots&) = {
      arp_collector,      bonding_collector,    conntrack_collector,   containers_collector,
      cpu_collector,      cpufreq_collector,    diskstats_collector,   dmi_collector,
      edac_collector,     entropy_collector,    filefd_collector,      filesystem_collector,
      hwmon_collector,    interrupts_collector, kernel_hung_collector, loadavg_collector,
      mdadm_collector,    meminfo_collector,    netclass_collector,    netdev_collector,
      netstat_collector,  nvme_collector,       os_collector,          powersupplyclass_collector,
      pressure_collector, process_collector,    processes_collector,   schedstat_collector,
      selinux_collector,  sockstat_collector,   softnet_collector,     stat_collector,
      systemd_collector,  tcpstat_collector,    textfile_collector,    thermal_zone_collector,
      time_collector,     timex_collector,      udp_queues_collector,  uname_collector,
      vmstat_collector,   watchdog_collector};
  std::vector<Collector> out;
  for (const auto make : makers) out.push_back(make(roots));
  return out;
}

Families collect_all(const std::vector<Collector>& collectors) {
  Families out;
  for (const auto& collector : collectors) {
    const auto begin = std::chrono::steady_clock::now();
    Families found;
    const auto done = collector.collect(found);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!done && done.error().code != ErrorCode::not_found)
      log_debug("collector failed", {{"collector", collector.name}, {"error", done.error()}});
    if (done) out.merge(std::move(found));
    const LabelSet label{{"collector", collector.name}};
    out.gauge("node_scrape_collector_duration_seconds", "Time the collector took.", took.count(),
              label);
    out.gauge("node_scrape_collector_success", "1 if the collector had data.", done ? 1 : 0, label);
  }
  return out;
}

}  // namespace sluice::agent
