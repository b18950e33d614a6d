// node_memory_*: every line of /proc/meminfo. "Active(anon):  12 kB" is
// node_memory_Active_anon_bytes.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

std::string metric_name(std::string_view key, bool bytes) {
  std::string name = "node_memory_";
  for (const char c : key) {
    if (c == '(')
      name.push_back('_');
    else if (c != ')')
      name.push_back(c);
  }
  return bytes ? name + "_bytes" : name;
}

}  // namespace

Result<void> parse_meminfo(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto fields = split_fields(line.substr(colon + 1));
    const auto value = fields.empty() ? std::nullopt : to_number(fields[0]);
    if (!value) return malformed("meminfo", "no number in `" + std::string(line) + "`");
    const bool kilobytes = fields.size() > 1 && fields[1] == "kB";
    const auto name = metric_name(line.substr(0, colon), kilobytes);
    if (!valid_metric_name(name))
      return malformed("meminfo", "odd key in `" + std::string(line) + "`");
    out.gauge(name, "Field " + std::string(line.substr(0, colon)) + " of /proc/meminfo.",
              kilobytes ? *value * 1024 : *value);
  }
  return {};
}

Collector meminfo_collector(const HostRoots& roots) {
  return {"meminfo", [path = roots.proc + "/meminfo"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_meminfo(text, out);
          }};
}

}  // namespace sluice::agent
