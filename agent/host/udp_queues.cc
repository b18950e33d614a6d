// node_udp_queues: bytes waiting in UDP sockets, of /proc/net/udp and udp6.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr std::size_t queues_field = 4;  // "00000000:00000000": to send, received; hexadecimal

}  // namespace

Result<void> parse_udp(std::string_view text, std::string_view ip, Families& out) {
  double sending = 0;
  double received = 0;
  for (const auto line : rows_of(text)) {
    const auto fields = split_fields(line);
    const auto queues = fields.size() > queues_field ? fields[queues_field] : std::string_view();
    const auto colon = queues.find(':');
    const auto tx = to_hex(queues.substr(0, colon));
    const auto rx =
        colon == std::string_view::npos ? std::nullopt : to_hex(queues.substr(colon + 1));
    if (!tx || !rx) return malformed("udp", "odd line `" + std::string(line) + "`");
    sending += static_cast<double>(*tx);
    received += static_cast<double>(*rx);
  }
  const std::string help = "Bytes in the queues of UDP sockets.";
  out.gauge("node_udp_queues", help, sending, {{"ip", std::string(ip)}, {"queue", "tx"}});
  out.gauge("node_udp_queues", help, received, {{"ip", std::string(ip)}, {"queue", "rx"}});
  return {};
}

Collector udp_queues_collector(const HostRoots& roots) {
  return {"udp_queues", [net = roots.proc + "/net/"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(net + "udp"));
            SLUICE_CHECK(parse_udp(text, "v4", out));
            const auto v6 = read_text(net + "udp6");  // absent where IPv6 is off
            return v6 ? parse_udp(*v6, "v6", out) : Result<void>{};
          }};
}

}  // namespace sluice::agent
