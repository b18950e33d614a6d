// node_nf_conntrack_*: /proc/sys/net/netfilter; no data where connection tracking is not loaded.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

Collector conntrack_collector(const HostRoots& roots) {
  return {"conntrack", [dir = roots.proc + "/sys/net/netfilter/"](Families& out) -> Result<void> {
            const auto entries = read_number(dir + "nf_conntrack_count");
            const auto limit = read_number(dir + "nf_conntrack_max");
            if (!entries || !limit) return Error{ErrorCode::not_found, dir + " is not readable"};
            out.gauge("node_nf_conntrack_entries", "Connections tracked.", *entries);
            out.gauge("node_nf_conntrack_entries_limit", "Most connections tracked.", *limit);
            return {};
          }};
}

}  // namespace sluice::agent
