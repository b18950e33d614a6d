// node_dmi_info: what the firmware calls this machine, /sys/class/dmi/id.
#include <array>

#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

constexpr std::array<std::string_view, 20> dmi_files = {
    "bios_date",      "bios_release",   "bios_vendor",     "bios_version",    "board_asset_tag",
    "board_name",     "board_serial",   "board_vendor",    "board_version",   "chassis_asset_tag",
    "chassis_serial", "chassis_vendor", "chassis_version", "product_family",  "product_name",
    "product_serial", "product_sku",    "product_uuid",    "product_version", "sys_vendor"};

}  // namespace

Collector dmi_collector(const HostRoots& roots) {
  return {"dmi", [dir = roots.sys + "/class/dmi/id/"](Families& out) -> Result<void> {
            LabelSet labels;
            for (const auto file : dmi_files) {
              const auto value = read_line(dir + std::string(file));  // serials: root only
              if (value) labels.set(file == "sys_vendor" ? "system_vendor" : file, *value);
            }
            if (labels.empty()) return Error{ErrorCode::not_found, dir + " is not there"};
            out.gauge("node_dmi_info", "What the firmware calls this machine.", 1, labels);
            return {};
          }};
}

}  // namespace sluice::agent
