#include "agent/host/disk_info.h"

#include <map>

#include "agent/host/text.h"

namespace sluice::agent {
namespace {

class UdevProperties {
 public:
  explicit UdevProperties(std::string_view text) {
    for (auto line : split_lines_of(text)) {
      const auto equals = line.find('=');
      if (!line.starts_with("E:") || equals == line.npos) continue;
      values_[line.substr(2, equals - 2)] = line.substr(equals + 1);
    }
  }
  std::string get(std::string_view key) const {
    const auto it = values_.find(key);
    return it == values_.end() ? std::string() : std::string(it->second);
  }

 private:
  std::map<std::string_view, std::string_view> values_;
};

}  // namespace

void emit_disk_info(const BlockDevice& device, std::string_view udev, Families& out) {
  const UdevProperties p(udev);
  const std::string name(device.name);
  auto serial = p.get("SCSI_IDENT_SERIAL");
  if (serial.empty()) serial = p.get("ID_SERIAL_SHORT");
  out.gauge("node_disk_info", "Block devices.", 1,
            {{"device", name},
             {"major", std::string(device.major)},
             {"minor", std::string(device.minor)},
             {"model", p.get("ID_MODEL")},
             {"path", p.get("ID_PATH")},
             {"revision", p.get("ID_REVISION")},
             {"serial", serial},
             {"wwn", p.get("ID_WWN")}});
  if (const auto type = p.get("ID_FS_TYPE"); !type.empty())
    out.gauge("node_disk_filesystem_info", "File systems on block devices.", 1,
              {{"device", name},
               {"type", type},
               {"usage", p.get("ID_FS_USAGE")},
               {"uuid", p.get("ID_FS_UUID")},
               {"version", p.get("ID_FS_VERSION")}});
  if (const auto mapped = p.get("DM_NAME"); !mapped.empty())
    out.gauge("node_disk_device_mapper_info", "Devices of the device mapper.", 1,
              {{"device", name},
               {"lv_layer", p.get("DM_LV_LAYER")},
               {"lv_name", p.get("DM_LV_NAME")},
               {"name", mapped},
               {"uuid", p.get("DM_UUID")},
               {"vg_name", p.get("DM_VG_NAME")}});
}

}  // namespace sluice::agent
