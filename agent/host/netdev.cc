// node_network_{receive,transmit}_*_total: /proc/net/dev, and rx_nohandler from sysfs.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// The kernel's columns; the file's header has the same order since 2.1.
constexpr std::array<std::string_view, 16> netdev_columns = {
    "receive_bytes",  "receive_packets",  "receive_errs",       "receive_drop",
    "receive_fifo",   "receive_frame",    "receive_compressed", "receive_multicast",
    "transmit_bytes", "transmit_packets", "transmit_errs",      "transmit_drop",
    "transmit_fifo",  "transmit_colls",   "transmit_carrier",   "transmit_compressed"};

void add(Families& out, std::string_view column, std::string_view device, double value) {
  const auto name = "node_network_" + std::string(column) + "_total";
  out.counter(name, "Network device statistic " + std::string(column) + ".", value,
              {{"device", std::string(device)}});
}

}  // namespace

Result<void> parse_netdev(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;  // the two header lines
    const auto names = split_fields(line.substr(0, colon));
    const auto fields = split_fields(line.substr(colon + 1));
    if (names.size() != 1 || fields.size() < netdev_columns.size())
      return malformed("net/dev", "odd line `" + std::string(line) + "`");
    for (std::size_t i = 0; i < netdev_columns.size(); ++i) {
      const auto value = to_number(fields[i]);
      if (!value) return malformed("net/dev", "not a number in `" + std::string(line) + "`");
      add(out, netdev_columns[i], names[0], *value);
    }
  }
  return {};
}

Collector netdev_collector(const HostRoots& roots) {
  return {"netdev", [roots](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(roots.proc + "/net/dev"));
            SLUICE_CHECK(parse_netdev(text, out));
            const auto net = roots.sys + "/class/net";
            for (const auto& device : list_names(net)) {
              const auto path = net + "/" + device + "/statistics/rx_nohandler";
              if (const auto n = read_number(path)) add(out, "receive_nohandler", device, *n);
            }
            return {};
          }};
}

}  // namespace sluice::agent
