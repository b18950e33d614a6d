// node_softnet_*: /proc/net/softnet_stat, hexadecimal, one row per CPU. Rows name their CPU since
// Linux 5.10 (column 13); before, the row's number is taken.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

struct SoftnetColumn {
  std::size_t index;
  std::string_view metric;
  std::string_view help;
};
constexpr std::array<SoftnetColumn, 5> softnet_columns = {{
    {0, "node_softnet_processed_total", "Packets processed."},
    {1, "node_softnet_dropped_total", "Packets dropped."},
    {2, "node_softnet_times_squeezed_total", "Times the packet budget ran out."},
    {9, "node_softnet_received_rps_total", "Wake-ups to process packets."},
    {10, "node_softnet_flow_limit_count_total", "Times the flow limit was met."},
}};
constexpr std::size_t cpu_column = 12;

}  // namespace

Result<void> parse_softnet(std::string_view text, Families& out) {
  std::size_t row = 0;
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.empty()) continue;
    auto cpu = static_cast<std::uint64_t>(row++);
    if (fields.size() > cpu_column) cpu = to_hex(fields[cpu_column]).value_or(cpu);
    const LabelSet labels{{"cpu", std::to_string(cpu)}};
    for (const auto& c : softnet_columns) {
      if (c.index >= fields.size()) continue;
      const auto value = to_hex(fields[c.index]);
      if (!value) return malformed("softnet_stat", "not hexadecimal: `" + std::string(line) + "`");
      out.counter(c.metric, c.help, static_cast<double>(*value), labels);
    }
  }
  return {};
}

Collector softnet_collector(const HostRoots& roots) {
  return {"softnet", [path = roots.proc + "/net/softnet_stat"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            return parse_softnet(text, out);
          }};
}

}  // namespace sluice::agent
