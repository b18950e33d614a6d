// node_arp_entries: /proc/net/arp, entries per device.
#include <map>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

// IP address, HW type, flags, HW address, mask, device; the first line is a header.
Result<void> parse_arp(std::string_view text, Families& out) {
  std::map<std::string, double> per_device;
  for (const auto line : rows_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() < 6) return malformed("net/arp", "odd line `" + std::string(line) + "`");
    per_device[std::string(fields[5])] += 1;
  }
  for (const auto& [device, n] : per_device)
    out.gauge("node_arp_entries", "ARP entries by device.", n, {{"device", device}});
  return {};
}

Collector arp_collector(const HostRoots& roots) {
  return {"arp", [path = roots.proc + "/net/arp"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_arp(text, out);
          }};
}

}  // namespace sluice::agent
