// The HTTP side of ingest: POST /loki/api/v1/push, /api/prom/push, /api/v1/write and /flush.
//
// Handlers run on the commit pool: they block until what they acknowledge is on disk.
#pragma once

#include "base/http/router.h"
#include "base/types/limits.h"
#include "base/types/time.h"
#include "daemon/ingest/tenant_limits.h"

namespace sluice {
class Metrics;
}
namespace sluice::storage {
class Store;
}

namespace sluice::ingest {

// All arguments must outlive the router. Bodies are bounded by the limits of everybody, `common`,
// before it is known whose they are.
void add_routes(http::Router& router, storage::Store& store, Clock& clock, Metrics& metrics,
                const Limits& common, TenantLimits limits_of);
// The same limits for all tenants.
void add_routes(http::Router& router, storage::Store& store, Clock& clock, Metrics& metrics,
                const Limits& limits);

}  // namespace sluice::ingest
