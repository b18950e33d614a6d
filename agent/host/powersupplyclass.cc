// node_power_supply_*: /sys/class/power_supply. Micro-units become units, as node_exporter has it.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

struct SupplyValue {
  std::string_view file;
  std::string_view metric;
  double unit;
};
constexpr std::array<SupplyValue, 10> supply_values = {{
    {"online", "node_power_supply_online", 1},
    {"present", "node_power_supply_present", 1},
    {"capacity", "node_power_supply_capacity", 1},
    {"cyclecount", "node_power_supply_cyclecount", 1},
    {"voltage_now", "node_power_supply_voltage_volt", 1e6},
    {"current_now", "node_power_supply_current_ampere", 1e6},
    {"power_now", "node_power_supply_power_watt", 1e6},
    {"energy_now", "node_power_supply_energy_watthour", 1e6},
    {"energy_full", "node_power_supply_energy_full", 1e6},
    {"charge_now", "node_power_supply_charge_ampere", 1e6},
}};

}  // namespace

Collector powersupplyclass_collector(const HostRoots& roots) {
  return {"powersupplyclass",
          [base = roots.sys + "/class/power_supply"](Families& out) -> Result<void> {
            if (!path_exists(base)) return Error{ErrorCode::not_found, base + " is not there"};
            const auto names = list_names(base);  // none is no failure
            for (const auto& name : names)
              for (const auto& [file, metric, unit] : supply_values)
                if (const auto value = read_number(base + "/" + name + "/" + std::string(file)))
                  out.gauge(metric, "Of a power supply: " + std::string(file) + ".", *value / unit,
                            {{"power_supply", name}});
            return {};
          }};
}

}  // namespace sluice::agent
