// DaemonOptions: everything that can be configured about sluiced, with its defaults.
//
// Filled from, in rising priority: defaults, the config file, command-line flags. A plain value;
// the parts are the options structs of the modules themselves.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/http/server.h"
#include "base/runtime/io_runtime.h"
#include "base/scrape/config.h"
#include "base/telemetry/log.h"
#include "base/types/limits.h"
#include "daemon/alerting/options.h"
#include "daemon/release/options.h"
#include "daemon/storage/store.h"
#include "query/context.h"

namespace sluice::server {

// What a tenant of its own has, in whole.
struct TenantOptions {
  query::QueryLimits query;
  Limits ingest;
};

struct DaemonOptions {
  http::ServerOptions http;
  storage::StoreOptions storage;
  std::string backup_path;  // of POST /api/v1/admin/backup; empty: refused
  query::QueryLimits query;
  std::size_t query_memory_bytes = 512 << 20;  // what all queries together may hold
  bool delayed_name_removal = false;           // query::EngineOptions
  Limits ingest;
  std::map<TenantId, TenantOptions> tenants;  // `query` and `ingest` of those that differ
  alerting::AlertingOptions alerting;
  release::ReleaseOptions release;
  scrape::ScrapeConfig scrape;
  std::string scrape_tenant = "default";  // whose the scraped samples are
  std::size_t scrape_threads = 32;
  RuntimeOptions runtime;
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
  // How long a stop may wait for running requests before it cuts them.
  std::chrono::milliseconds drain_timeout{10'000};
};

}  // namespace sluice::server
