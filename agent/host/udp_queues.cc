// node_udp_queues: bytes waiting in UDP sockets, of /proc/net/udp and udp6.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr std::size_t queues_field = 4;  // "00000000:00000000": to send, received; hexadecimal

struct UdpQueues {
  double sending = 0;
  double received = 0;
};

Result<void> add_queues(std::string_view row, UdpQueues& queues) {
  const auto fields = split_fields(row);
  const auto both = fields.size() > queues_field ? fields[queues_field] : std::string_view();
  const auto colon = both.find(':');
  const auto tx = to_hex(both.substr(0, colon));
  const auto rx = colon == std::string_view::npos ? std::nullopt : to_hex(both.substr(colon + 1));
  if (!tx || !rx) return malformed("udp", "odd line `" + std::string(row) + "`");
  queues.sending += static_cast<double>(*tx);
  queues.received += static_cast<double>(*rx);
  return {};
}

void emit_queues(const UdpQueues& queues, const std::string& ip, Families& out) {
  const std::string help = "Bytes in the queues of UDP sockets.";
  out.gauge("node_udp_queues", help, queues.sending, {{"ip", ip}, {"queue", "tx"}});
  out.gauge("node_udp_queues", help, queues.received, {{"ip", ip}, {"queue", "rx"}});
}

Result<void> read_queues(const std::string& path, const std::string& ip, Families& out) {
  UdpQueues queues;
  SLUICE_CHECK(read_rows(path, [&](std::string_view row) { return add_queues(row, queues); }));
  emit_queues(queues, ip, out);
  return {};
}

}  // namespace

Collector udp_queues_collector(const HostRoots& roots) {
  return {"udp_queues", [net = roots.proc + "/net/"](Families& out) -> Result<void> {
            SLUICE_CHECK(read_queues(net + "udp", "v4", out));
            // Absent where IPv6 is off.
            return path_exists(net + "udp6") ? read_queues(net + "udp6", "v6", out)
                                             : Result<void>{};
          }};
}

}  // namespace sluice::agent
