// node_watchdog_*: hardware watchdogs, /sys/class/watchdog.
#include <array>
#include <utility>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> watchdog_values = {{
    {"access_cs0", "node_watchdog_access_cs0"},
    {"bootstatus", "node_watchdog_bootstatus"},
    {"fw_version", "node_watchdog_fw_version"},
    {"nowayout", "node_watchdog_nowayout"},
    {"pretimeout", "node_watchdog_pretimeout_seconds"},
    {"timeleft", "node_watchdog_timeleft_seconds"},
    {"timeout", "node_watchdog_timeout_seconds"},
}};

void read_watchdog(const std::string& dir, const std::string& name, Families& out) {
  for (const auto& [file, family] : watchdog_values)
    if (const auto value = read_number(dir + "/" + std::string(file)))
      out.gauge(family, "The watchdog's " + std::string(file) + ".", *value, {{"name", name}});
  LabelSet labels{{"name", name}};
  for (const std::string_view file :
       {"identity", "options", "pretimeout_governor", "state", "status"})
    labels.set(file, read_line(dir + "/" + std::string(file)).value_or(""));
  out.gauge("node_watchdog_info", "Watchdogs.", 1, labels);
}

}  // namespace

Collector watchdog_collector(const HostRoots& roots) {
  return {"watchdog", [root = roots.sys + "/class/watchdog/"](Families& out) -> Result<void> {
            const auto names = list_names(root);
            if (names.empty()) return Error{ErrorCode::not_found, root + " has no watchdogs"};
            for (const auto& name : names) read_watchdog(root + name, name, out);
            return {};
          }};
}

}  // namespace sluice::agent
