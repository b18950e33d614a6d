// Routes for the operator, JSON: GET /api/v1/admin/storage, POST /api/v1/admin/backup and
// /api/v1/admin/check. All need the admin role and speak of every tenant.
#pragma once

#include <string>

#include "base/http/router.h"
#include "base/telemetry/metrics.h"
#include "base/types/time.h"
#include "daemon/storage/operations.h"

namespace sluice::api {

struct AdminOptions {
  std::string backup_path;  // backups become folders below it; empty: backups are refused
};

// The store and the clock must outlive the router. One backup and one check run at a time; another
// is answered 409.
void add_admin_routes(http::Router& router, storage::StoreOperations& store, Clock& clock,
                      AdminOptions options);

// Gauges per tenant, set at each collect: parts, rows, bytes of lines and as stored. The store must
// outlive the last collect.
void add_space_metrics(Metrics& metrics, storage::StoreOperations& store);

}  // namespace sluice::api
