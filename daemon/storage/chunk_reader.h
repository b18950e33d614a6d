// Reads the chunks of a series.
#pragma once

#include <vector>

#include "daemon/storage/database.h"
#include "daemon/storage/sample_chunk.h"

namespace sluice::storage {

// Samples of one day's chunks within [start, end], ascending, unique (the lower write number
// stays), appended to `out`, which holds earlier days. Damaged chunks are reported and left out;
// `damaged` is set then.
Result<void> read_chunks(const Database& database, const Snapshot* snapshot, const TenantId& tenant,
                         SeriesId series, Day day, std::int64_t start_ms, std::int64_t end_ms,
                         std::vector<Sample>& out, bool& damaged);

// Joins later samples into earlier ones; at equal timestamps those of `out` stay.
void join_samples(std::vector<Sample>& out, const std::vector<Sample>& later);

}  // namespace sluice::storage
