// node_interrupts_total: /proc/interrupts, per CPU.
#include <algorithm>

#include "agent/host/collector.h"
#include "agent/host/text.h"
#include "base/types/ascii.h"

namespace sluice::agent {
namespace {

// On a machine of many CPUs most of the table is zeros; beyond this many cells they are left out.
constexpr std::size_t most_cells_with_zeros = 4096;
constexpr std::size_t largest_table = 64 << 20;  // of a thousand CPUs and thousands of devices

struct InterruptLine {
  std::string_view name;
  std::vector<std::string_view> fields;  // one count per CPU, then what it is
};

std::string joined(const std::vector<std::string_view>& fields, std::size_t from) {
  std::string out;
  for (auto i = from; i < fields.size(); ++i) {
    if (!out.empty()) out.push_back(' ');
    out += fields[i];
  }
  return out;
}

// "24: 1 0 IO-APIC 5-edge ACPI:Ged": a numbered one names its chip and then its devices, the
// others only what they are for. ERR and MIS have no column per CPU and are left out.
std::vector<InterruptLine> read_lines(const std::vector<std::string_view>& lines,
                                      std::size_t cpus) {
  std::vector<InterruptLine> out;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (colon == std::string_view::npos) continue;
    const auto names = split_fields(lines[i].substr(0, colon));
    auto fields = split_fields(lines[i].substr(colon + 1));
    if (names.size() == 1 && fields.size() > cpus) out.push_back({names[0], std::move(fields)});
  }
  return out;
}

LabelSet labels_of(const InterruptLine& line, std::size_t cpus) {
  LabelSet labels{{"type", std::string(line.name)}};
  const bool numbered = std::all_of(line.name.begin(), line.name.end(), is_digit);
  labels.set("info", numbered ? std::string(line.fields[cpus]) : joined(line.fields, cpus));
  if (numbered) labels.set("devices", joined(line.fields, cpus + 1));
  return labels;
}

}  // namespace

Result<void> parse_interrupts(std::string_view text, Families& out) {
  const auto lines = split_lines_of(text);
  const auto cpus = lines.empty() ? 0 : split_fields(lines[0]).size();
  if (cpus == 0) return malformed("interrupts", "no line of CPUs");
  const auto table = read_lines(lines, cpus);
  const bool zeros = table.size() * cpus <= most_cells_with_zeros;
  for (const auto& line : table) {
    auto labels = labels_of(line, cpus);
    for (std::size_t cpu = 0; cpu < cpus; ++cpu) {
      const auto count = to_number(line.fields[cpu]);
      if (!count) return malformed("interrupts", "odd count in `" + std::string(line.name) + "`");
      labels.set("cpu", std::to_string(cpu));
      if (*count != 0 || zeros)
        out.counter("node_interrupts_total", "Interrupts served.", *count, labels);
    }
  }
  return {};
}

Collector interrupts_collector(const HostRoots& roots) {
  return {"interrupts", [path = roots.proc + "/interrupts"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path, largest_table));
            return parse_interrupts(text, out);
          }};
}

}  // namespace sluice::agent
