// node_load{1,5,15}: /proc/loadavg.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

Result<void> parse_loadavg(std::string_view text, Families& out) {
  const auto fields = split_fields(text.substr(0, text.find('\n')));
  if (fields.size() < 3) return malformed("loadavg", "fewer than three numbers");
  const auto one = to_number(fields[0]);
  const auto five = to_number(fields[1]);
  const auto fifteen = to_number(fields[2]);
  if (!one || !five || !fifteen) return malformed("loadavg", "not a number");
  out.gauge("node_load1", "Load average over one minute.", *one);
  out.gauge("node_load5", "Load average over five minutes.", *five);
  out.gauge("node_load15", "Load average over fifteen minutes.", *fifteen);
  return {};
}

Collector loadavg_collector(const HostRoots& roots) {
  return {"loadavg", [path = roots.proc + "/loadavg"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_loadavg(text, out);
          }};
}

}  // namespace sluice::agent
