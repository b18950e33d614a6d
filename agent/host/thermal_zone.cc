// node_thermal_zone_temp and node_cooling_device_*: /sys/class/thermal.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

void emit_zone(const std::string& dir, const std::string& name, Families& out) {
  const auto type = read_line(dir + "/type");
  const auto millidegrees = read_number(dir + "/temp");  // EAGAIN while a sensor sleeps
  if (!type || !millidegrees) return;
  out.gauge("node_thermal_zone_temp", "Zone temperature in degrees Celsius.", *millidegrees / 1000,
            {{"zone", name.substr(std::string_view("thermal_zone").size())}, {"type", *type}});
}

void emit_cooling(const std::string& dir, const std::string& name, Families& out) {
  const auto type = read_line(dir + "/type");
  const auto now = read_number(dir + "/cur_state");
  const auto max = read_number(dir + "/max_state");
  if (!type || !now || !max) return;
  const LabelSet labels{{"name", name.substr(std::string_view("cooling_device").size())},
                        {"type", *type}};
  out.gauge("node_cooling_device_cur_state", "Current throttle state.", *now, labels);
  out.gauge("node_cooling_device_max_state", "Maximum throttle state.", *max, labels);
}

}  // namespace

Collector thermal_zone_collector(const HostRoots& roots) {
  return {"thermal_zone", [base = roots.sys + "/class/thermal"](Families& out) -> Result<void> {
            if (!path_exists(base)) return Error{ErrorCode::not_found, base + " is not there"};
            const auto names = list_names(base);  // none is no failure
            for (const auto& name : names) {
              if (name.starts_with("thermal_zone")) emit_zone(base + "/" + name, name, out);
              if (name.starts_with("cooling_device")) emit_cooling(base + "/" + name, name, out);
            }
            return {};
          }};
}

}  // namespace sluice::agent
