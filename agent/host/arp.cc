// node_arp_entries: /proc/net/arp, entries per device.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

// IP address, HW type, flags, HW address, mask, device.
Result<void> parse_arp_row(std::string_view row, ArpCounts& counts) {
  const auto fields = split_fields(row);
  if (fields.size() < 6) return malformed("net/arp", "odd line `" + std::string(row) + "`");
  counts[std::string(fields[5])] += 1;
  return {};
}

Collector arp_collector(const HostRoots& roots) {
  return {"arp", [path = roots.proc + "/net/arp"](Families& out) -> Result<void> {
            ArpCounts counts;
            SLUICE_CHECK(
                read_rows(path, [&](std::string_view row) { return parse_arp_row(row, counts); }));
            for (const auto& [device, n] : counts)
              out.gauge("node_arp_entries", "ARP entries by device.", n, {{"device", device}});
            return {};
          }};
}

}  // namespace sluice::agent
