// node_tcp_connection_states: TCP sockets by state, and the bytes that wait in them: /proc/net/tcp
// and tcp6.
#include <array>
#include <map>

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

Result<void> count_socket(std::string_view line, TcpStates& states) {
  const auto fields = split_fields(line);
  const auto queue = fields.size() > tcp_queue_field ? fields[tcp_queue_field] : "";
  const auto colon = queue.find(':');
  const auto state =
      fields.size() > tcp_state_field ? to_hex(fields[tcp_state_field]) : std::nullopt;
  const auto sending = to_hex(queue.substr(0, colon));
  const auto received =
      colon == std::string_view::npos ? std::nullopt : to_hex(queue.substr(colon + 1));
  if (!state || !sending || !received)
    return malformed("tcp", "odd line `" + std::string(line) + "`");
  ++states[tcp_states[*state < tcp_states.size() ? *state : 0]];
  states["tx_queued_bytes"] += static_cast<double>(*sending);
  states["rx_queued_bytes"] += static_cast<double>(*received);
  return {};
}

}  // namespace

Result<void> parse_tcp(std::string_view text, TcpStates& states) {
  const auto lines = split_lines_of(text);
  for (std::size_t i = 1; i < lines.size(); ++i)
    if (!split_fields(lines[i]).empty()) SLUICE_CHECK(count_socket(lines[i], states));
  return {};
}

Collector tcpstat_collector(const HostRoots& roots) {
  return {"tcpstat", [net = roots.proc + "/net/"](Families& out) -> Result<void> {
            TcpStates states;
            SLUICE_TRY(const auto text, read_text(net + "tcp"));
            SLUICE_CHECK(parse_tcp(text, states));
            SLUICE_CHECK(parse_tcp(text_or_empty(net + "tcp6"), states));  // may be off
            for (const auto& [state, count] : states)
              out.gauge("node_tcp_connection_states", "TCP sockets in each state.", count,
                        {{"state", std::string(state)}});
            return {};
          }};
}

}  // namespace sluice::agent
