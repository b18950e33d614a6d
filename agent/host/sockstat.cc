// node_sockstat_*: /proc/net/sockstat and sockstat6. Memory is in pages; bytes are added.
#include <unistd.h>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

Result<void> add_pair(std::string_view protocol, std::string_view field, std::string_view number,
                      Families& out) {
  const auto value = to_number(number);
  const auto name = "node_sockstat_" + std::string(protocol) + "_" + std::string(field);
  if (!value || !valid_metric_name(name)) return malformed("sockstat", "odd field " + name);
  const auto help = "Sockets of " + std::string(protocol) + ": " + std::string(field) + ".";
  out.gauge(name, help, *value);
  if (field == "mem") {
    const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    out.gauge(name + "_bytes", help, *value * page);
  }
  return {};
}

}  // namespace

// "TCP: inuse 4 orphan 0 tw 4 alloc 59 mem 1"
Result<void> parse_sockstat(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.empty()) continue;
    if (!fields[0].ends_with(':') || fields.size() % 2 == 0)
      return malformed("sockstat", "odd line `" + std::string(line) + "`");
    const auto protocol = fields[0].substr(0, fields[0].size() - 1);
    for (std::size_t i = 1; i + 1 < fields.size(); i += 2)
      SLUICE_CHECK(add_pair(protocol, fields[i], fields[i + 1], out));
  }
  return {};
}

Collector sockstat_collector(const HostRoots& roots) {
  return {"sockstat", [net = roots.proc + "/net/"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(net + "sockstat"));
            SLUICE_CHECK(parse_sockstat(text, out));
            const auto v6 = read_text(net + "sockstat6");  // absent where IPv6 is off
            return v6 ? parse_sockstat(*v6, out) : Result<void>{};
          }};
}

}  // namespace sluice::agent
