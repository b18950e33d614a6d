// Holds a decoded remote write against the rules and limits. Pure.
#pragma once

#include <vector>

#include "base/types/limits.h"
#include "base/types/log_entry.h"
#include "daemon/ingest/rejections.h"
#include "daemon/ingest/remote_write.h"

namespace sluice::ingest {

// What may be stored of a request.
struct ValidWrite {
  std::vector<SeriesSamples> series;
  std::vector<SeriesExemplars> exemplars;
  std::size_t skipped_exemplars = 0;  // of refused series, too long, or not UTF-8
};
// The rest goes to `rejections`. Takes the series out of the request.
ValidWrite validate_samples(WriteRequest& request, const Limits& limits, Timestamp now,
                            Rejections& rejections);

}  // namespace sluice::ingest
