// node_time_seconds: the machine's wall clock.
#include "base/types/time.h"

#include "agent/host/collector.h"

namespace sluice::agent {

Collector time_collector(const HostRoots&) {
  return {"time", [](Families& out) -> Result<void> {
            const auto ns = static_cast<double>(unix_ns(system_clock().now()));
            out.gauge("node_time_seconds", "Unix time.", ns / 1e9);
            return {};
          }};
}

}  // namespace sluice::agent
