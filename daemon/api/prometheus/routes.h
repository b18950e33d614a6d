// Prometheus' HTTP API: /api/v1/query, query_range, labels, label/{name}/values, series, metadata,
// query_exemplars, format_query, parse_query, status/*, admin/tsdb/delete_series and
// clean_tombstones, and /federate, in its exact shapes, for Grafana and everything else that speaks
// to a Prometheus.
//
// Answers: {"status":"success","data":...,"warnings":[...],"infos":[...]} and
// {"status":"error","errorType":...,"error":...}; errorType and HTTP status are Prometheus' pairs:
// bad_data 400, execution 422, canceled 499, timeout 503, internal 500, not_found 404.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/http/router.h"
#include "base/types/per_tenant.h"
#include "base/types/time.h"
#include "query/context.h"
#include "query/engine/engine.h"
#include "query/exemplar_source.h"
#include "query/source.h"

namespace sluice::api {

// The daemon's settings as status/flags and status/config show them, without secrets.
struct Settings {
  std::vector<std::pair<std::string, std::string>> flags;
  std::string yaml;
};

struct PrometheusOptions {
  PerTenant<query::QueryLimits> limits;
  std::chrono::milliseconds timeout{60'000};   // of one query; `timeout=` may only shorten it
  std::size_t max_series_found = 100'000;      // by /series, and texts by /labels; past it an error
  std::string version = "0.1.0";               // of Sluice
  std::chrono::hours retention{24 * 30};       // shown by status/runtimeinfo
  query::ExemplarSource* exemplars = nullptr;  // null: there are none; must outlive the router
  std::function<Settings()> settings;
  // Hides samples of series that any of the selectors matches, for good. Empty: refused.
  std::function<Result<void>(const TenantId&, std::vector<std::vector<query::LabelMatcher>>,
                             std::int64_t start_ms, std::int64_t end_ms)>
      delete_series;
};

// All of them must outlive the router.
void add_prometheus_routes(http::Router& router, const query::Engine& engine,
                           query::SampleSource& samples, Clock& clock,
                           PrometheusOptions options = {});

}  // namespace sluice::api
