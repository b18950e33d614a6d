// The table of scalar configuration keys: one row per key with type, default and help.
//
// The reader, `sluiced --help-config` and docs/guide/configuration.md all come from this table (a
// test compares the page with it), so a key cannot exist undocumented. Sections that are lists of
// things (http.tokens, alerting, release) have their own readers and pages.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/yaml.h"
#include "daemon/server/options.h"

namespace sluice::server {

struct ConfigKey {
  std::string section;  // "http", "http.tls", ...
  std::string name;
  std::string type;  // "string", "bytes", "duration", "integer", "boolean"
  std::string help;
  std::string fallback;  // the default as it would be written
  bool live = false;     // takes effect on reload, without a restart
  std::function<void(YamlNode& section, DaemonOptions& options)> read;
  // The value in `options`, as it would be written. Tells a reload what changed.
  std::function<std::string(const DaemonOptions& options)> show;
  bool per_tenant = false;  // may stand under `tenants`, too
};

const std::vector<ConfigKey>& config_keys();

// The reference as Markdown (docs/guide/configuration.md without its introduction) or as text.
std::string config_reference();

}  // namespace sluice::server
