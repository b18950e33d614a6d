#include "daemon/server/settings.h"

#include <algorithm>

#include "base/codec/json_writer.h"
#include "daemon/server/config_keys.h"

namespace sluice::server {

namespace {

// "http.tls" stands inside "http", which comes before it.
std::size_t depth_of(const std::string& section) {
  return static_cast<std::size_t>(std::count(section.begin(), section.end(), '.'));
}

std::string indent(std::size_t depth) {
  return std::string(2 * depth, ' ');
}

std::string yaml_value(const ConfigKey& key, const DaemonOptions& options) {
  const std::string value = key.show(options);
  if (key.type != "string") return value;
  std::string quoted;
  append_json_string(quoted, value);
  return quoted;
}

}  // namespace

api::Settings show_settings(const DaemonOptions& started, const DaemonOptions& latest) {
  api::Settings settings;
  std::string section;
  for (const ConfigKey& key : config_keys()) {
    const DaemonOptions& options = key.live ? latest : started;
    settings.flags.emplace_back(key.section + "." + key.name, key.show(options));
    const std::size_t depth = depth_of(key.section);
    if (key.section != section) {
      section = key.section;
      const std::size_t dot = section.rfind('.');
      const std::size_t begin = dot == std::string::npos ? 0 : dot + 1;
      settings.yaml += indent(depth) + section.substr(begin) + ":\n";
    }
    settings.yaml += indent(depth + 1) + key.name + ": " + yaml_value(key, options) + "\n";
  }
  return settings;
}

}  // namespace sluice::server
