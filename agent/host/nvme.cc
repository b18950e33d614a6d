// node_nvme_info: /sys/class/nvme.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

std::string trimmed_line(const std::string& path) {
  auto line = read_line(path).value_or("");
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

Collector nvme_collector(const HostRoots& roots) {
  return {"nvme", [root = roots.sys + "/class/nvme/"](Families& out) -> Result<void> {
            const auto devices = list_names(root);
            if (devices.empty()) return Error{ErrorCode::not_found, root + " has no devices"};
            for (const auto& device : devices)
              out.gauge("node_nvme_info", "NVMe devices.", 1,
                        {{"device", device},
                         {"firmware_revision", trimmed_line(root + device + "/firmware_rev")},
                         {"model", trimmed_line(root + device + "/model")},
                         {"serial", trimmed_line(root + device + "/serial")},
                         {"state", trimmed_line(root + device + "/state")}});
            return {};
          }};
}

}  // namespace sluice::agent
