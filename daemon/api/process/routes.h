// Routes about the process itself: health, readiness, reload, metrics.
#pragma once

#include <atomic>
#include <functional>

#include "base/http/router.h"
#include "base/telemetry/metrics.h"
#include "base/types/result.h"

namespace sluice::api {

struct ProcessHooks {
  std::function<bool()> ready;                // true once everything is recovered and started
  std::function<Result<void>()> reload;       // re-reads the config
};

// GET /-/healthy /-/ready /ready /metrics, POST|PUT /-/reload. Health and readiness need no
// token; reload needs admin.
void add_process_routes(http::Router& router, Metrics& metrics, ProcessHooks hooks);

}  // namespace sluice::api
