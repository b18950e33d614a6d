// Loki's HTTP API under /loki/api/v1, in the shapes Grafana (Explore, Logs Drilldown, alerting),
// logcli and other clients of Loki expect: query, query_range, labels, label/{name}/values, series,
// tail, index/stats, index/volume, index/volume_range, detected_labels, detected_fields,
// detected_field/{name}/values, index/shards, patterns,
// format_query, status/buildinfo, drilldown-limits and delete.
//
// Answers are JSON, errors plain text with the status Loki gives; what Sluice answers differently
// is listed in docs/guide/loki-api.md. The push endpoint belongs to daemon/ingest.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "base/http/router.h"
#include "base/types/per_tenant.h"
#include "base/types/time.h"
#include "daemon/storage/store.h"
#include "query/context.h"
#include "query/engine/engine.h"

namespace sluice {
class Metrics;
}

namespace sluice::api {

struct LokiOptions {
  PerTenant<query::QueryLimits> limits;   // the timeout of a query among them
  PerTenant<std::size_t> max_tails{100};  // of a tenant, open at once; past it 429
  std::string version = "0.1.0";          // of Sluice
  std::chrono::hours retention{24 * 30};  // shown by drilldown-limits
  bool truncates_lines = false;           // shown there, too
};

// What the endpoints need; the referenced objects must outlive the router.
struct LokiSources {
  const query::Engine& engine;
  query::LogSource& logs;
  std::function<std::uint64_t(storage::PushListener)> listen;  // Store::listen
  std::function<void(std::uint64_t)> unlisten;                 // Store::unlisten
};

void add_loki_routes(http::Router& router, LokiSources sources, Clock& clock, Metrics& metrics,
                     LokiOptions options = {});
// The same over a store.
void add_loki_routes(http::Router& router, const query::Engine& engine, storage::Store& store,
                     Clock& clock, Metrics& metrics, LokiOptions options = {});

// /loki/api/v1/delete, over what stores and the clock say. Both must outlive the router.
void add_loki_delete_routes(http::Router& router, storage::StoreOperations& store, Clock& clock);

}  // namespace sluice::api
