// How the daemon runs, for /api/v1/status/flags and config: the keys of config_keys.h with their
// values. Tokens, retention rules, alerting and release are not among them.
#pragma once

#include "daemon/api/prometheus/routes.h"
#include "daemon/server/options.h"

namespace sluice::server {

api::Settings show_settings(const DaemonOptions& options);

}  // namespace sluice::server
