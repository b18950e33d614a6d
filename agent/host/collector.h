// Collectors: one per group of host metrics, under node_exporter's names, labels and types, so that
// its dashboards and alerts work unchanged.
//
// A collector reads files below the configured roots and adds families. It fails as a whole or not
// at all; a file that this kernel does not have is not a failure where node_exporter thinks so too
// (not_found: "no data"). Parsers are functions of text, each beside its collector, and are fuzzed.
// A collector is called by one thread at a time.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "agent/host/family.h"
#include "base/types/result.h"

namespace sluice::agent {

// Where collectors look, and how much they show.
struct HostRoots {
  std::string proc = "/proc";
  std::string sys = "/sys";
  std::string root{};        // before each mount point, and before /etc, /run and /var
  std::string system_bus{};  // D-Bus socket; empty: below root, then systemd's own
  std::string textfiles{};   // directory of *.prom; empty: below root
  std::size_t max_cgroups = 500;
};

struct Collector {
  std::string name;
  std::function<Result<void>(Families&)> collect;
};

// All of them, in the order in which they appear at /metrics.
std::vector<Collector> make_collectors(const HostRoots& roots);

// Runs them and adds node_scrape_collector_{duration_seconds,success}.
Families collect_all(const std::vector<Collector>& collectors);

Collector arp_collector(const HostRoots& roots);
Collector bonding_collector(const HostRoots& roots);
Collector conntrack_collector(const HostRoots& roots);
Collector containers_collector(const HostRoots& roots);
Collector cpu_collector(const HostRoots& roots);
Collector cpufreq_collector(const HostRoots& roots);
Collector diskstats_collector(const HostRoots& roots);
Collector dmi_collector(const HostRoots& roots);
Collector edac_collector(const HostRoots& roots);
Collector entropy_collector(const HostRoots& roots);
Collector filefd_collector(const HostRoots& roots);
Collector filesystem_collector(const HostRoots& roots);
Collector hwmon_collector(const HostRoots& roots);
Collector interrupts_collector(const HostRoots& roots);
Collector kernel_hung_collector(const HostRoots& roots);
Collector loadavg_collector(const HostRoots& roots);
Collector mdadm_collector(const HostRoots& roots);
Collector meminfo_collector(const HostRoots& roots);
Collector netclass_collector(const HostRoots& roots);
Collector netdev_collector(const HostRoots& roots);
Collector netstat_collector(const HostRoots& roots);
Collector nvme_collector(const HostRoots& roots);
Collector os_collector(const HostRoots& roots);
Collector powersupplyclass_collector(const HostRoots& roots);
Collector pressure_collector(const HostRoots& roots);
Collector process_collector(const HostRoots& roots);
Collector processes_collector(const HostRoots& roots);
Collector schedstat_collector(const HostRoots& roots);
Collector selinux_collector(const HostRoots& roots);
Collector sockstat_collector(const HostRoots& roots);
Collector softnet_collector(const HostRoots& roots);
Collector stat_collector(const HostRoots& roots);
Collector systemd_collector(const HostRoots& roots);
Collector tcpstat_collector(const HostRoots& roots);
Collector textfile_collector(const HostRoots& roots);
Collector thermal_zone_collector(const HostRoots& roots);
Collector time_collector(const HostRoots& roots);
Collector timex_collector(const HostRoots& roots);
Collector udp_queues_collector(const HostRoots& roots);
Collector uname_collector(const HostRoots& roots);
Collector vmstat_collector(const HostRoots& roots);
Collector watchdog_collector(const HostRoots& roots);

// The parsers.
using TcpStates = std::map<std::string_view, double>;  // sockets, and bytes in their queues
using ArpCounts = std::map<std::string, double>;       // entries by device
Result<void> parse_arp_row(std::string_view row, ArpCounts& counts);
Result<void> parse_conntrack_stat(std::string_view text, Families& out);
Result<void> parse_diskstats(std::string_view text, Families& out);
Result<void> parse_interrupts(std::string_view text, Families& out);
Result<void> parse_loadavg(std::string_view text, Families& out);
Result<void> parse_mdstat(std::string_view text, Families& out);
Result<void> parse_meminfo(std::string_view text, Families& out);
Result<void> parse_netdev(std::string_view text, Families& out);
Result<void> parse_netstat(std::string_view text, std::string_view path, Families& out);
Result<void> parse_snmp6(std::string_view text, Families& out);
Result<void> parse_pressure(std::string_view resource, std::string_view text, Families& out);
Result<void> parse_schedstat(std::string_view text, Families& out);
Result<void> parse_sockstat(std::string_view text, Families& out);
Result<void> parse_softnet(std::string_view text, Families& out);
Result<void> parse_stat(std::string_view text, Families& out);
Result<void> parse_tcp_row(std::string_view row, TcpStates& states);
Result<void> parse_vmstat(std::string_view text, Families& out);

}  // namespace sluice::agent
