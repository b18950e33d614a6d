// node_{boot_time,context_switches,forks,intr,procs_*}: the lower part of /proc/stat.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

struct Row {
  std::string_view key;
  std::string_view metric;
  MetricType type;
  std::string_view help;
};
constexpr std::array<Row, 6> rows = {{
    {"btime", "node_boot_time_seconds", MetricType::gauge, "Boot time, unix seconds."},
    {"ctxt", "node_context_switches_total", MetricType::counter, "Context switches."},
    {"processes", "node_forks_total", MetricType::counter, "Forks."},
    {"intr", "node_intr_total", MetricType::counter, "Interrupts serviced."},
    {"procs_blocked", "node_procs_blocked", MetricType::gauge, "Processes blocked on I/O."},
    {"procs_running", "node_procs_running", MetricType::gauge, "Processes runnable."},
}};

}  // namespace

Result<void> parse_stat(std::string_view text, Families& out) {
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.size() < 2) continue;
    for (const auto& row : rows) {
      if (fields[0] != row.key) continue;
      const auto value = to_number(fields[1]);
      if (!value) return malformed("stat", "bad number in `" + std::string(row.key) + "`");
      out.family(row.metric, row.type, row.help).values.push_back({{}, *value, {}});
    }
  }
  return {};
}

Collector stat_collector(const HostRoots& roots) {
  return {"stat", [path = roots.proc + "/stat"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_stat(text, out);
          }};
}

}  // namespace sluice::agent
