// node_pressure_*: /proc/pressure/{cpu,io,memory,irq}. Kernels without PSI have no data.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr double pressure_microseconds = 1e6;

// Which of a file's lines node_exporter shows.
struct Resource {
  std::string_view name;
  bool some;  // "waiting"
  bool full;  // "stalled"
};
constexpr std::array<Resource, 4> resources = {
    {{"cpu", true, false}, {"io", true, true}, {"memory", true, true}, {"irq", false, true}}};

std::optional<double> total_of(const std::vector<std::string_view>& fields) {
  for (const auto field : fields)
    if (field.starts_with("total=")) return to_number(field.substr(6));
  return std::nullopt;
}

}  // namespace

Result<void> parse_pressure(std::string_view resource, std::string_view text, Families& out) {
  const Resource* wanted = nullptr;
  for (const auto& r : resources)
    if (r.name == resource) wanted = &r;
  if (wanted == nullptr) return malformed(resource, "not a known resource");
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.empty()) continue;
    const bool waiting = fields[0] == "some" && wanted->some;
    const bool stalled = fields[0] == "full" && wanted->full;
    if (!waiting && !stalled) continue;
    const auto total = total_of(fields);
    if (!total) return malformed(resource, "no total in `" + std::string(line) + "`");
    const auto kind = std::string(waiting ? "waiting" : "stalled");
    out.counter("node_pressure_" + std::string(resource) + "_" + kind + "_seconds_total",
                "Seconds in which tasks were " + kind + " for " + std::string(resource) + ".",
                *total / pressure_microseconds);
  }
  return {};
}

Collector pressure_collector(const HostRoots& roots) {
  return {"pressure", [base = roots.proc + "/pressure/"](Families& out) -> Result<void> {
            for (const auto& r : resources) {
              const auto text = read_text(base + std::string(r.name));
              if (!text && r.name == "irq") continue;  // newer than the others
              if (!text) return text.error();
              SLUICE_CHECK(parse_pressure(r.name, *text, out));
            }
            return {};
          }};
}

}  // namespace sluice::agent
