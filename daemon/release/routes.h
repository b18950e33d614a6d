// HTTP of releases: docs/format/deployment.md and docs/format/gate.md.
#pragma once

#include "base/http/router.h"
#include "daemon/release/deployments.h"
#include "daemon/release/gate_manager.h"

namespace sluice::release {

// Both must outlive the router.
void add_deployment_routes(http::Router& router, Deployments& deployments);
void add_gate_routes(http::Router& router, GateManager& gates);

}  // namespace sluice::release
