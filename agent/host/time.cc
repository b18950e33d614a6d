// node_time_*: the machine's wall clock, its zone, and the kernel's sources of time.
#include "base/types/time.h"

#include <ctime>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

void emit_zone(Timestamp now, Families& out) {
  const auto seconds = static_cast<std::time_t>(unix_ns(now) / 1'000'000'000);
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return;
  // Not tm_zone itself, which lies in memory of libc's that other threads may be given anew.
  char zone[32] = "";
  if (std::strftime(zone, sizeof zone, "%Z", &local) == 0) return;
  out.gauge("node_time_zone_offset_seconds", "Local time less UTC.",
            static_cast<double>(local.tm_gmtoff), {{"time_zone", zone}});
}

void emit_sources(const std::string& dir, const std::string& device, Families& out) {
  const auto available = read_line(dir + "/available_clocksource").value_or("");
  for (const auto source : split_fields(available))
    out.gauge("node_time_clocksource_available_info", "Sources of time of the kernel.", 1,
              {{"clocksource", std::string(source)}, {"device", device}});
  if (const auto current = read_line(dir + "/current_clocksource"))
    out.gauge("node_time_clocksource_current_info", "The kernel's source of time.", 1,
              {{"clocksource", *current}, {"device", device}});
}

}  // namespace

Collector time_collector(const HostRoots& roots) {
  return {"time",
          [root = roots.sys + "/devices/system/clocksource/"](Families& out) -> Result<void> {
            const auto now = system_clock().now();
            out.gauge("node_time_seconds", "Unix time.", static_cast<double>(unix_ns(now)) / 1e9);
            emit_zone(now, out);
            constexpr std::string_view prefix = "clocksource";
            for (const auto& name : list_names(root))
              if (name.starts_with(prefix))
                emit_sources(root + name, name.substr(prefix.size()), out);
            return {};
          }};
}

}  // namespace sluice::agent
