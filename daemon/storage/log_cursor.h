// LogCursor over a LogView: plans which row groups and head batches can hold what is wanted, then
// reads them one at a time, in the order that serves the direction.
//
// Pruning: parts by time, streams by matchers, row groups by their runs' times and by what their
// templates and filter can hold; then entries by time and line filters (group_scan.h). Damage is
// skipped with a warning.
#pragma once

#include <memory>

#include "daemon/storage/column_cache.h"
#include "daemon/storage/part_cache.h"
#include "daemon/storage/tenant_logs.h"
#include "query/source.h"

namespace sluice::storage {

// What cursors read from.
struct LogReading {
  const Database& database;
  PartCache& parts;
  ColumnCache& columns;
};

std::unique_ptr<query::LogCursor> make_log_cursor(const LogReading& from, LogView view,
                                                  const query::LogSelect& select,
                                                  query::QueryContext& context);

// The streams of a view that match and have entries in the range.
std::vector<LabelSet> streams_of(const Database& database, PartCache& cache, const LogView& view,
                                 const std::vector<query::LabelMatcher>& matchers, TimeRange range);

}  // namespace sluice::storage
