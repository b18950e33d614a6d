// node_network_{up,carrier,mtu_bytes,speed_bytes}: /sys/class/net/*.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr double bytes_per_megabit = 125'000;

void emit(const std::string& base, const std::string& device, Families& out) {
  const LabelSet labels{{"device", device}};
  const auto dir = base + "/" + device + "/";
  const auto state = read_line(dir + "operstate");
  if (!state) return;  // not a device, or it is gone
  out.gauge("node_network_up", "1 if operstate is up.", *state == "up" ? 1 : 0, labels);
  if (const auto carrier = read_number(dir + "carrier"))  // EINVAL while the device is down
    out.gauge("node_network_carrier", "1 if there is a carrier.", *carrier, labels);
  if (const auto mtu = read_number(dir + "mtu"))
    out.gauge("node_network_mtu_bytes", "Maximum transmission unit.", *mtu, labels);
  if (const auto speed = read_number(dir + "speed"))
    out.gauge("node_network_speed_bytes", "Speed; negative if not known.",
              *speed * bytes_per_megabit, labels);
}

}  // namespace

Collector netclass_collector(const HostRoots& roots) {
  return {"netclass", [base = roots.sys + "/class/net"](Families& out) -> Result<void> {
            const auto devices = list_names(base);
            if (devices.empty()) return Error{ErrorCode::not_found, base + " is empty"};
            for (const auto& device : devices) emit(base, device, out);
            return {};
          }};
}

}  // namespace sluice::agent
