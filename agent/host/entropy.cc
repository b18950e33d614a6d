// node_entropy_*: /proc/sys/kernel/random.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

Collector entropy_collector(const HostRoots& roots) {
  return {"entropy", [dir = roots.proc + "/sys/kernel/random/"](Families& out) -> Result<void> {
            const auto available = read_number(dir + "entropy_avail");
            const auto size = read_number(dir + "poolsize");
            if (!available || !size) return Error{ErrorCode::not_found, dir + " is not readable"};
            out.gauge("node_entropy_available_bits", "Bits of entropy available.", *available);
            out.gauge("node_entropy_pool_size_bits", "Bits of the entropy pool.", *size);
            return {};
          }};
}

}  // namespace sluice::agent
