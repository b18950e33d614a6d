// node_network_{up,info,carrier,mtu_bytes,speed_bytes,flags,...}: /sys/class/net/*.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr double bytes_per_megabit = 125'000;

struct DeviceFile {
  std::string_view file;
  std::string_view metric;
  std::string_view help;
  MetricType type = MetricType::gauge;
  double unit = 1;
};
// Reading `carrier`, `dormant` and `speed` fails while a device is down: then there is no value.
constexpr std::array<DeviceFile, 17> device_files = {{
    {"carrier", "node_network_carrier", "1 if there is a carrier."},
    {"mtu", "node_network_mtu_bytes", "Maximum transmission unit."},
    {"speed", "node_network_speed_bytes", "Speed; negative if not known.", MetricType::gauge,
     bytes_per_megabit},
    {"addr_assign_type", "node_network_address_assign_type", "How the address was assigned."},
    {"carrier_changes", "node_network_carrier_changes_total", "Times the carrier changed.",
     MetricType::counter},
    {"carrier_up_count", "node_network_carrier_up_changes_total", "Times the carrier came.",
     MetricType::counter},
    {"carrier_down_count", "node_network_carrier_down_changes_total", "Times the carrier went.",
     MetricType::counter},
    {"dev_id", "node_network_device_id", "Device id."},
    {"dormant", "node_network_dormant", "1 if the device waits for an event."},
    {"flags", "node_network_flags", "Flags of the device."},
    {"ifindex", "node_network_iface_id", "Index of the device."},
    {"iflink", "node_network_iface_link", "Index of the device below it."},
    {"link_mode", "node_network_iface_link_mode", "Link mode."},
    {"name_assign_type", "node_network_name_assign_type", "How the name was assigned."},
    {"netdev_group", "node_network_net_dev_group", "Group of the device."},
    {"type", "node_network_protocol_type", "Type of the protocol."},
    {"tx_queue_len", "node_network_transmit_queue_length", "Length of the queue to send."},
}};

std::optional<double> read_any_number(const std::string& path) {
  const auto line = read_line(path);
  if (!line) return std::nullopt;
  if (!line->starts_with("0x")) return to_number(*line);
  const auto value = to_hex(std::string_view(*line).substr(2));
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

LabelSet device_info(const std::string& dir, const std::string& device) {
  LabelSet labels{{"device", device}};
  for (const std::string name : {"address", "broadcast", "duplex", "ifalias", "operstate"})
    labels.set(name, read_line(dir + name).value_or(""));
  return labels;
}

void emit(const std::string& base, const std::string& device, Families& out) {
  const LabelSet labels{{"device", device}};
  const auto dir = base + "/" + device + "/";
  const auto state = read_line(dir + "operstate");
  if (!state) return;  // not a device, or it is gone
  out.gauge("node_network_up", "1 if operstate is up.", *state == "up" ? 1 : 0, labels);
  out.gauge("node_network_info", "What is known of the device.", 1, device_info(dir, device));
  for (const auto& known : device_files)
    if (const auto value = read_any_number(dir + std::string(known.file)))
      out.family(known.metric, known.type, known.help)
          .values.push_back({labels, *value * known.unit});
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
