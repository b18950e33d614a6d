// rough_times(): times for the rows of a row group where a query asks only which of its windows
// they lie in (LogProjection::same_until). What the directory and the header say of runs and
// minutes is enough then, and the column of timestamps, often the largest, need not be read.
#pragma once

#include <optional>
#include <vector>

#include "daemon/storage/columns/row_group_header.h"
#include "daemon/storage/log_plan.h"
#include "query/log_projection.h"

namespace sluice::storage {

// A time for each row of the runs that are wanted and touch `range`, ascending within a run, that
// means the same as the row's own; what the other rows get means nothing. nullopt: not known.
// Any thread.
std::optional<std::vector<Timestamp>> rough_times(const RowGroupHeader& header,
                                                  const PartScan& scan, const GroupInfo& info,
                                                  TimeRange range,
                                                  const query::LogProjection::SameUntil& same);

}  // namespace sluice::storage
