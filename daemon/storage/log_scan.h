// LogScan over a LogView: plans which row groups and head batches can hold what is wanted; readers
// then read them, each a unit at a time.
//
// Pruning: parts by time, streams by matchers, row groups by their runs' times and by what their
// templates, filter and header say of them; then entries by time and line filters (group_scan.h).
// Damage is skipped with a warning.
#pragma once

#include <memory>

#include "daemon/storage/column_cache.h"
#include "daemon/storage/part_cache.h"
#include "daemon/storage/tenant_logs.h"
#include "query/source.h"

namespace sluice::storage {

// What scans read from.
struct LogReading {
  const Database& database;
  PartCache& parts;
  ColumnCache& columns;
};

std::unique_ptr<query::LogScan> make_log_scan(const LogReading& from, LogView view,
                                              const query::LogSelect& select,
                                              query::QueryContext& context);

// The streams of a view that match and have entries in the range.
std::vector<LabelSet> streams_of(const Database& database, PartCache& cache, const LogView& view,
                                 const std::vector<query::LabelMatcher>& matchers, TimeRange range);

}  // namespace sluice::storage
