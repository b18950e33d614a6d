// node_bonding_*: bonded network interfaces, /sys/class/net/bonding_masters.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

bool slave_is_up(const std::string& master, const std::string& slave) {
  for (const char* prefix : {"/lower_", "/slave_"})  // the second by old kernels
    if (const auto state = read_line(master + prefix + slave + "/bonding_slave/mii_status"))
      return *state == "up";
  return false;
}

}  // namespace

Collector bonding_collector(const HostRoots& roots) {
  return {"bonding", [net = roots.sys + "/class/net/"](Families& out) -> Result<void> {
            SLUICE_TRY(const auto masters, read_text(net + "bonding_masters"));
            for (const auto line : split_lines_of(masters)) {
              for (const auto name : split_fields(line)) {
                const auto master = net + std::string(name);
                SLUICE_TRY(const auto text, read_text(master + "/bonding/slaves"));
                const auto slaves = split_fields(std::string_view(text).substr(0, text.find('\n')));
                double up = 0;
                for (const auto slave : slaves)
                  up += slave_is_up(master, std::string(slave)) ? 1 : 0;
                const LabelSet labels{{"master", std::string(name)}};
                out.gauge("node_bonding_active", "Interfaces of a bond that are up.", up, labels);
                out.gauge("node_bonding_slaves", "Interfaces of a bond.",
                          static_cast<double>(slaves.size()), labels);
              }
            }
            return {};
          }};
}

}  // namespace sluice::agent
