// node_os_info and node_os_version: /etc/os-release.
#include <array>
#include <map>

#include "agent/host/collector.h"
#include "agent/host/text.h"
#include "base/types/ascii.h"

namespace sluice::agent {
namespace {

constexpr std::array<std::string_view, 12> os_keys = {
    "BUILD_ID",    "ID",      "ID_LIKE",    "IMAGE_ID", "IMAGE_VERSION",    "NAME",
    "PRETTY_NAME", "VARIANT", "VARIANT_ID", "VERSION",  "VERSION_CODENAME", "VERSION_ID"};

// KEY=value or KEY="value".
std::map<std::string, std::string, std::less<>> read_release(std::string_view text) {
  std::map<std::string, std::string, std::less<>> values;
  for (const auto line : split_lines_of(text)) {
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos) continue;
    auto value = line.substr(equals + 1);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    values[std::string(line.substr(0, equals))] = value;
  }
  return values;
}

// "12.04.1" is 12.04: the number a dashboard can compare.
std::optional<double> major_minor(const std::string& version) {
  const auto first = version.find('.');
  const auto second = first == std::string::npos ? first : version.find('.', first + 1);
  return to_number(std::string_view(version).substr(0, second));
}

}  // namespace

Collector os_collector(const HostRoots& roots) {
  return {"os", [path = roots.root + "/etc/os-release"](Families& out) -> Result<void> {
            const auto text = read_text(path);
            if (!text) return Error{ErrorCode::not_found, path + " is not there"};
            auto values = read_release(*text);
            LabelSet labels;
            for (const auto key : os_keys) labels.set(lower_case(key), values[std::string(key)]);
            out.gauge("node_os_info", "The operating system.", 1, labels);
            if (const auto version = major_minor(values["VERSION_ID"]))
              out.gauge(
                  "node_os_version", "Major and minor version.", *version,
                  {{"id", values["ID"]}, {"id_like", values["ID_LIKE"]}, {"name", values["NAME"]}});
            return {};
          }};
}

}  // namespace sluice::agent
