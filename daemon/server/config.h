// Reads sluiced's config file into DaemonOptions.
#pragma once

#include <string>
#include <vector>

#include "base/types/result.h"
#include "daemon/server/options.h"

namespace sluice::server {

// `base` gives the values of keys the file does not mention. Every problem of the file is in the
// Error, one per line, as file:line:col: message.
Result<DaemonOptions> load_config(const std::string& path, DaemonOptions base);

// Names ("storage.path") of keys that differ and need a restart to take effect.
std::vector<std::string> needs_restart(const DaemonOptions& running, const DaemonOptions& next);

}  // namespace sluice::server
