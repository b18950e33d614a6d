// node_vmstat_*: the paging and OOM fields of /proc/vmstat. Untyped, as node_exporter has them.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// ^(oom_kill|pgpg|pswp|pg.*fault).*
bool wanted(std::string_view key) {
  for (const std::string_view prefix : {"oom_kill", "pgpg", "pswp"})
    if (key.starts_with(prefix)) return true;
  return key.starts_with("pg") && key.find("fault") != std::string_view::npos;
}

}  // namespace

Result<void> parse_vmstat(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() != 2 || !wanted(fields[0])) continue;
    const auto value = to_number(fields[1]);
    const auto name = "node_vmstat_" + std::string(fields[0]);
    if (!value || !valid_metric_name(name))
      return malformed("vmstat", "odd line `" + std::string(line) + "`");
    out.untyped(name, "Field " + std::string(fields[0]) + " of /proc/vmstat.", *value);
  }
  return {};
}

Collector vmstat_collector(const HostRoots& roots) {
  return {"vmstat", [path = roots.proc + "/vmstat"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_vmstat(text, out);
          }};
}

}  // namespace sluice::agent
