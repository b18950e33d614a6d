// node_hwmon_*: temperatures, fans, voltages and power of /sys/class/hwmon. Chips are named after
// their device, as node_exporter names them, so that names outlive renumbering.
#include <array>
#include <filesystem>

#include "agent/host/collector.h"
#include "agent/host/text.h"
#include "base/types/ascii.h"

namespace sluice::agent {
namespace {

// What the files of a sensor mean; names are those of the kernel's hwmon interface.
struct SensorFile {
  std::string_view sensor;  // "temp" of temp1_input
  std::string_view item;
  std::string_view metric;
  double unit;  // the file's value divided by it
};
constexpr std::array<SensorFile, 19> sensor_files = {{
    {"temp", "input", "node_hwmon_temp_celsius", 1000},
    {"temp", "max", "node_hwmon_temp_max_celsius", 1000},
    {"temp", "min", "node_hwmon_temp_min_celsius", 1000},
    {"temp", "crit", "node_hwmon_temp_crit_celsius", 1000},
    {"temp", "crit_hyst", "node_hwmon_temp_crit_hyst_celsius", 1000},
    {"temp", "crit_alarm", "node_hwmon_temp_crit_alarm_celsius", 1000},
    {"temp", "max_hyst", "node_hwmon_temp_max_hyst_celsius", 1000},
    {"temp", "alarm", "node_hwmon_temp_alarm", 1},
    {"fan", "input", "node_hwmon_fan_rpm", 1},
    {"fan", "min", "node_hwmon_fan_min_rpm", 1},
    {"fan", "max", "node_hwmon_fan_max_rpm", 1},
    {"fan", "alarm", "node_hwmon_fan_alarm", 1},
    {"in", "input", "node_hwmon_in_volts", 1000},
    {"in", "min", "node_hwmon_in_min_volts", 1000},
    {"in", "max", "node_hwmon_in_max_volts", 1000},
    {"curr", "input", "node_hwmon_curr_amps", 1000},
    {"power", "input", "node_hwmon_power_watt", 1e6},
    {"power", "average", "node_hwmon_power_average_watt", 1e6},
    {"pwm", "", "node_hwmon_pwm", 1},
}};

std::string cleaned(std::string text) {
  std::string out;
  for (const char c : text) {
    if (is_digit(c) || is_ascii_letter(c) || c == ':')
      out += to_lower(c);
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

// "platform_coretemp_0": the bus and name of the device; without one the chip's own name.
std::string chip_of(const std::string& dir, const std::string& entry) {
  std::error_code none;
  const auto device = std::filesystem::canonical(dir + "/device", none);
  if (!none) {
    const std::string bus = cleaned(device.parent_path().filename());
    const std::string name = cleaned(device.filename());
    if (!name.empty()) return bus.empty() ? name : bus + "_" + name;
  }
  if (const auto name = read_line(dir + "/name"); name && !name->empty()) return cleaned(*name);
  return entry;
}

// "temp1_crit": the sensor "temp1" of kind "temp" and the item "crit".
void emit_sensor(const std::string& dir, const std::string& chip, const std::string& file,
                 Families& out) {
  const auto underscore = file.find('_');
  const std::string sensor = file.substr(0, underscore);
  const std::string item = underscore == std::string::npos ? "" : file.substr(underscore + 1);
  const std::string kind = sensor.substr(0, sensor.find_first_of("0123456789"));
  if (kind.size() == sensor.size()) return;  // no number: not a sensor
  const LabelSet labels{{"chip", chip}, {"sensor", sensor}};
  if (item == "label") {
    if (const auto label = read_line(dir + "/" + file))
      out.gauge("node_hwmon_sensor_label", "Name of a sensor.", 1,
                {{"chip", chip}, {"sensor", sensor}, {"label", *label}});
    return;
  }
  for (const auto& known : sensor_files) {
    if (known.sensor != kind || known.item != item) continue;
    if (const auto value = read_number(dir + "/" + file))  // EIO while a sensor sleeps
      out.gauge(known.metric, "Of a hardware sensor: " + kind + " " + item + ".",
                *value / known.unit, labels);
  }
}

void emit_chip(const std::string& dir, const std::string& entry, Families& out) {
  const std::string chip = chip_of(dir, entry);
  if (const auto name = read_line(dir + "/name"); name && !name->empty())
    out.gauge("node_hwmon_chip_names", "Name of a chip.", 1,
              {{"chip", chip}, {"chip_name", cleaned(*name)}});
  for (const auto& file : list_names(dir)) emit_sensor(dir, chip, file, out);
}

}  // namespace

Collector hwmon_collector(const HostRoots& roots) {
  return {"hwmon", [base = roots.sys + "/class/hwmon"](Families& out) -> Result<void> {
            const auto names = list_names(base);
            if (names.empty()) return Error{ErrorCode::not_found, base + " is empty"};
            for (const auto& name : names) emit_chip(base + "/" + name, name, out);
            return {};
          }};
}

}  // namespace sluice::agent
