// Reads the chunks of a series.
#pragma once

#include <vector>

#include "daemon/storage/database.h"
#include "daemon/storage/sample_chunk.h"
#include "daemon/storage/sample_run.h"

namespace sluice::storage {

// A chunk of either kind; the scan stands at it. Error(corrupt).
Result<SampleRun> decode_any_chunk(const Scan& scan);

// Samples of one day's chunks within [start, end], ascending, unique (the lower write number
// stays), appended to `out`, which holds earlier days. Damaged chunks are reported and left out;
// `damaged` is set then.
Result<void> read_chunks(const Database& database, const Snapshot* snapshot, const TenantId& tenant,
                         SeriesId series, Day day, std::int64_t start_ms, std::int64_t end_ms,
                         SampleRun& out, bool& damaged);

}  // namespace sluice::storage
