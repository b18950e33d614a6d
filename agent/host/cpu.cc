// node_cpu_*: /proc/stat, in seconds (USER_HZ is 100 on every Linux).
#include "agent/host/cpu.h"

#include <array>
#include <map>
#include <memory>

#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr double user_hz = 100;
constexpr std::array<std::string_view, cpu_columns> modes = {
    "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "user", "nice"};
constexpr std::size_t first_guest = 8;
constexpr std::size_t idle_column = 3;
constexpr double hotplug_jump = 3;  // seconds of idle lost: the CPU was taken out and put back

}  // namespace

Result<std::map<int, CpuTimes>> parse_cpu(std::string_view text) {
  std::map<int, CpuTimes> out;
  for (const auto line : split_lines_of(text)) {
    const auto fields = split_fields(line);
    if (fields.empty() || !fields[0].starts_with("cpu") || fields[0] == "cpu") continue;
    const auto number = to_number(fields[0].substr(3));
    if (!number || *number < 0 || *number > 65'535) return malformed("stat", "bad cpu number");
    CpuTimes times{};
    for (std::size_t i = 0; i < cpu_columns && i + 1 < fields.size(); ++i) {
      const auto ticks = to_number(fields[i + 1]);
      if (!ticks) return malformed("stat", "bad cpu time " + std::string(fields[i + 1]));
      times[i] = *ticks / user_hz;
    }
    out[static_cast<int>(*number)] = times;
  }
  return out;
}

void CpuMemory::update(int cpu, const CpuTimes& now) {
  CpuTimes& kept = times_[cpu];
  if (kept[idle_column] - now[idle_column] > hotplug_jump) kept = now;
  for (std::size_t i = 0; i < cpu_columns; ++i) kept[i] = std::max(kept[i], now[i]);
}

void CpuMemory::emit(Families& out) const {
  for (const auto& [cpu, times] : times_) {
    for (std::size_t i = 0; i < cpu_columns; ++i) {
      LabelSet labels{{"cpu", std::to_string(cpu)}, {"mode", std::string(modes[i])}};
      if (i < first_guest)
        out.counter("node_cpu_seconds_total", "Seconds the CPUs spent in each mode.", times[i],
                    labels);
      else
        out.counter("node_cpu_guest_seconds_total", "Seconds the CPUs spent in guests.", times[i],
                    labels);
    }
  }
}

Collector cpu_collector(const HostRoots& roots) {
  auto memory = std::make_shared<CpuMemory>();
  return {"cpu", [memory, path = roots.proc + "/stat"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto text, read_text(path));
            SLUICE_TRY(const auto now, parse_cpu(text));
            for (const auto& [cpu, times] : now) memory->update(cpu, times);
            memory->emit(out);
            return {};
          }};
}

}  // namespace sluice::agent
