// How the daemon runs, for /api/v1/status/flags and config: the keys of config_keys.h with their
// values. Tokens, retention rules, alerting and release are not among them.
#pragma once

#include "daemon/api/prometheus/routes.h"
#include "daemon/server/options.h"

namespace sluice::server {

// `started` is what the daemon was started with, `latest` what was last loaded: keys that a reload
// cannot change keep their first value.
api::Settings show_settings(const DaemonOptions& started, const DaemonOptions& latest);

}  // namespace sluice::server
