// Holds a decoded remote write against the rules and limits. Pure.
#pragma once

#include <vector>

#include "base/types/limits.h"
#include "base/types/log_entry.h"
#include "daemon/ingest/rejections.h"
#include "daemon/ingest/remote_write.h"

namespace sluice::ingest {

// What may be stored; the rest goes to `rejections`. Takes the series out of the request.
std::vector<SeriesSamples> validate_samples(WriteRequest& request, const Limits& limits,
                                            Timestamp now, Rejections& rejections);

}  // namespace sluice::ingest
