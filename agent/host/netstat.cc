// node_netstat_*: /proc/net/{netstat,snmp,snmp6}, the fields node_exporter shows by default.
// Untyped: a suffix or a type would break every dashboard that queries them.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> values) {
  for (const auto v : values)
    if (text == v) return true;
  return false;
}

// node_exporter's default field filter, by protocol, and Tcp_MaxConn, which Node Exporter Full
// draws.
bool wanted(std::string_view protocol, std::string_view field) {
  if (one_of(field, {"InErrors", "InErrs"})) return true;
  if (protocol == "Ip") return field == "Forwarding";
  if (one_of(protocol, {"Ip6", "IpExt"})) return one_of(field, {"InOctets", "OutOctets"});
  if (one_of(protocol, {"Icmp", "Icmp6"})) return one_of(field, {"InMsgs", "OutMsgs"});
  if (protocol == "TcpExt")
    return field.starts_with("Listen") || field.starts_with("Syncookies") ||
           one_of(field, {"TCPSynRetrans", "TCPTimeouts", "TCPOFOQueue", "TCPRcvQDrop"});
  if (protocol == "Tcp")
    return one_of(field, {"ActiveOpens", "InSegs", "OutSegs", "OutRsts", "PassiveOpens",
                          "RetransSegs", "CurrEstab", "MaxConn"});
  if (one_of(protocol, {"Udp", "Udp6"}))
    return one_of(field,
                  {"InDatagrams", "OutDatagrams", "NoPorts", "RcvbufErrors", "SndbufErrors"});
  return false;
}

Result<void> add(std::string_view protocol, std::string_view field, std::string_view number,
                 Families& out) {
  const auto value = to_number(number);
  const auto name = "node_netstat_" + std::string(protocol) + "_" + std::string(field);
  if (!value || !valid_metric_name(name)) return malformed("netstat", "odd field " + name);
  out.untyped(name, "Statistic " + std::string(protocol) + std::string(field) + ".", *value);
  return {};
}

// snmp6 joins protocol and field: "Ip6InReceives", "UdpLite6InDatagrams".
constexpr std::array<std::string_view, 4> v6_protocols = {"Icmp6", "Ip6", "UdpLite6", "Udp6"};

}  // namespace

// Pairs of lines: "Tcp: RtoMin RtoMax ...", then "Tcp: 200 120000 ...".
Result<void> parse_netstat(std::string_view text, std::string_view path, Families& out) {
  const auto lines = split_lines_of(text);
  for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
    const auto names = split_fields(lines[i]);
    const auto values = split_fields(lines[i + 1]);
    const bool pair = !names.empty() && names.size() == values.size() && names[0] == values[0] &&
                      names[0].ends_with(':');
    if (!pair) return malformed(path, "lines do not come in pairs");
    const auto protocol = names[0].substr(0, names[0].size() - 1);
    for (std::size_t k = 1; k < names.size(); ++k)
      if (wanted(protocol, names[k])) SLUICE_CHECK(add(protocol, names[k], values[k], out));
  }
  return {};
}

Result<void> parse_snmp6(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() < 2) continue;
    for (const auto protocol : v6_protocols) {
      if (!fields[0].starts_with(protocol)) continue;
      const auto field = fields[0].substr(protocol.size());
      if (wanted(protocol, field)) SLUICE_CHECK(add(protocol, field, fields[1], out));
      break;
    }
  }
  return {};
}

Collector netstat_collector(const HostRoots& roots) {
  return {"netstat", [net = roots.proc + "/net/"](Families& out) -> Result<void> {
            for (const char* name : {"netstat", "snmp"}) {
              SLUICE_TRY(const auto text, read_text(net + name));
              SLUICE_CHECK(parse_netstat(text, net + name, out));
            }
            const auto v6 = read_text(net + "snmp6");  // absent where IPv6 is off
            return v6 ? parse_snmp6(*v6, out) : Result<void>{};
          }};
}

}  // namespace sluice::agent
