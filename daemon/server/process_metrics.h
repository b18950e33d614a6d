// The process_* metrics every Prometheus client library gives: CPU, memory, files, start time.
#pragma once

#include "base/telemetry/metrics.h"

namespace sluice::server {

// Read from /proc/self at each collect. Also sluice_build_info.
void add_process_metrics(Metrics& metrics);

}  // namespace sluice::server
