// CPU times with a memory: the kernel's counters sometimes step back a little, and a counter that
// falls looks like a restart to rate(). So the greatest value seen is kept; only a fall of idle
// time by more than three seconds is believed (the CPU was unplugged and came back).
#pragma once

#include <array>
#include <map>
#include <string_view>

#include "agent/host/collector.h"

namespace sluice::agent {

inline constexpr std::size_t cpu_columns = 10;
// user nice system idle iowait irq softirq steal guest guest_nice, in seconds.
using CpuTimes = std::array<double, cpu_columns>;

Result<std::map<int, CpuTimes>> parse_cpu(std::string_view proc_stat);

class CpuMemory {
 public:
  void update(int cpu, const CpuTimes& now);
  void emit(Families& out) const;

 private:
  std::map<int, CpuTimes> times_;
};

}  // namespace sluice::agent
