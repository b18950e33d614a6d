// node_selinux_*: /sys/fs/selinux, and /etc/selinux/config for the mode after the next boot.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// As the kernel counts: 1 enforcing, 0 permissive, -1 disabled.
double configured_mode(const std::string& text) {
  for (const auto line : split_lines_of(text)) {
    if (line == "SELINUX=enforcing") return 1;
    if (line == "SELINUX=permissive") return 0;
  }
  return -1;
}

}  // namespace

Collector selinux_collector(const HostRoots& roots) {
  return {"selinux", [roots](Families& out) -> Result<void> {
            const auto current = read_number(roots.sys + "/fs/selinux/enforce");
            out.gauge("node_selinux_enabled", "1 if SELinux is on.", current ? 1 : 0);
            if (!current) return {};
            out.gauge("node_selinux_config_mode", "1 enforcing, 0 permissive, -1 disabled at boot.",
                      configured_mode(text_or_empty(roots.root + "/etc/selinux/config")));
            out.gauge("node_selinux_current_mode", "1 enforcing, 0 permissive.", *current);
            return {};
          }};
}

}  // namespace sluice::agent
