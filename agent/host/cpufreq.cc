// node_cpu_scaling_frequency_*: /sys/devices/system/cpu/cpu*/cpufreq, kHz there and Hz here.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {

Collector cpufreq_collector(const HostRoots& roots) {
  return {"cpufreq", [base = roots.sys + "/devices/system/cpu"](Families& out) -> Result<void> {
            if (!path_exists(base)) return Error{ErrorCode::not_found, base + " is not there"};
            for (const auto& name : list_names(base)) {
              if (!name.starts_with("cpu") || !to_number(name.substr(3))) continue;
              const auto dir = base + "/" + name + "/cpufreq/scaling_";
              const LabelSet labels{{"cpu", name.substr(3)}};
              const auto add = [&](const char* file, const char* metric, const char* help) {
                const auto khz = read_number(dir + file);
                if (khz) out.gauge(metric, help, *khz * 1000, labels);
              };
              add("cur_freq", "node_cpu_scaling_frequency_hertz", "Current frequency.");
              add("max_freq", "node_cpu_scaling_frequency_max_hertz", "Maximum frequency.");
              add("min_freq", "node_cpu_scaling_frequency_min_hertz", "Minimum frequency.");
            }
            return {};  // CPUs whose frequency the kernel does not scale are no failure
          }};
}

}  // namespace sluice::agent
