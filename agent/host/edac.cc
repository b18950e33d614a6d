// node_edac_*: memory errors by controller and row, /sys/devices/system/edac/mc.
#include "agent/host/collector.h"
#include "agent/host/text.h"

namespace sluice::agent {
namespace {

// "mc0" is "0"; nullopt if the name is not `prefix` and a number.
std::optional<std::string> number_of_name(const std::string& name, std::string_view prefix) {
  if (!name.starts_with(prefix) || !to_number(std::string_view(name).substr(prefix.size())))
    return std::nullopt;
  return name.substr(prefix.size());
}

void count_row(const std::string& file, std::string_view family, std::string_view help,
               const std::string& controller, const std::string& row, Families& out) {
  if (const auto count = read_number(file))
    out.counter(family, help, *count, {{"controller", controller}, {"csrow", row}});
}

void read_rows(const std::string& dir, const std::string& controller, Families& out) {
  constexpr auto correctable = "node_edac_csrow_correctable_errors_total";
  constexpr auto uncorrectable = "node_edac_csrow_uncorrectable_errors_total";
  constexpr auto corrected = "Memory errors of a row that were corrected.";
  constexpr auto lost = "Memory errors of a row that were not corrected.";
  count_row(dir + "/ce_noinfo_count", correctable, corrected, controller, "unknown", out);
  count_row(dir + "/ue_noinfo_count", uncorrectable, lost, controller, "unknown", out);
  for (const auto& name : list_names(dir)) {
    const auto row = number_of_name(name, "csrow");
    if (!row) continue;
    count_row(dir + "/" + name + "/ce_count", correctable, corrected, controller, *row, out);
    count_row(dir + "/" + name + "/ue_count", uncorrectable, lost, controller, *row, out);
  }
}

}  // namespace

// A machine without such a controller succeeds with nothing, as with node_exporter.
Collector edac_collector(const HostRoots& roots) {
  return {"edac", [root = roots.sys + "/devices/system/edac/mc/"](Families& out) -> Result<void> {
            for (const auto& name : list_names(root)) {
              const auto controller = number_of_name(name, "mc");
              if (!controller) continue;
              const LabelSet labels{{"controller", *controller}};
              if (const auto count = read_number(root + name + "/ce_count"))
                out.counter("node_edac_correctable_errors_total",
                            "Memory errors that were corrected.", *count, labels);
              if (const auto count = read_number(root + name + "/ue_count"))
                out.counter("node_edac_uncorrectable_errors_total",
                            "Memory errors that were not corrected.", *count, labels);
              read_rows(root + name, *controller, out);
            }
            return {};
          }};
}

}  // namespace sluice::agent
