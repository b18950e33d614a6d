// node_tcp_connection_states: TCP sockets by state, and the bytes that wait in them: /proc/net/tcp
// and tcp6.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// By the kernel's numbers, from 1 (include/net/tcp_states.h).
constexpr std::array<std::string_view, 12> tcp_states = {
    "unknown",   "established", "syn_sent",   "syn_recv", "fin_wait1", "fin_wait2",
    "time_wait", "close",       "close_wait", "last_ack", "listen",    "closing"};
constexpr std::size_t tcp_state_field = 3;
constexpr std::size_t tcp_queue_field = 4;  // "00000000:00000000": to send, received

}  // namespace

Result<void> parse_tcp_row(std::string_view row, TcpStates& states) {
  const auto fields = split_fields(row);
  const auto queue = fields.size() > tcp_queue_field ? fields[tcp_queue_field] : "";
  const auto colon = queue.find(':');
  const auto state =
      fields.size() > tcp_state_field ? to_hex(fields[tcp_state_field]) : std::nullopt;
  const auto sending = to_hex(queue.substr(0, colon));
  const auto received =
      colon == std::string_view::npos ? std::nullopt : to_hex(queue.substr(colon + 1));
  if (!state || !sending || !received)
    return malformed("tcp", "odd line `" + std::string(row) + "`");
  ++states[tcp_states[*state < tcp_states.size() ? *state : 0]];
  states["tx_queued_bytes"] += static_cast<double>(*sending);
  states["rx_queued_bytes"] += static_cast<double>(*received);
  return {};
}

Collector tcpstat_collector(const HostRoots& roots) {
  return {"tcpstat", [net = roots.proc + "/net/"](Families& out) -> Result<void> {
            TcpStates states;
            const auto count = [&](std::string_view row) { return parse_tcp_row(row, states); };
            SLUICE_CHECK(read_rows(net + "tcp", count));
            if (path_exists(net + "tcp6"))  // may be off
              SLUICE_CHECK(read_rows(net + "tcp6", count));
            for (const auto& [state, value] : states)
              out.gauge("node_tcp_connection_states", "TCP sockets in each state.", value,
                        {{"state", std::string(state)}});
            return {};
          }};
}

}  // namespace sluice::agent
