// Holds a decoded remote write against the rules and limits. Pure.
#pragma once

#include <vector>

#include "base/types/limits.h"
#include "base/types/log_entry.h"
#include "daemon/ingest/rejections.h"
#include "daemon/ingest/remote_write.h"

namespace sluice::ingest {

// By why they are not stored.
struct SkippedExemplars {
  std::size_t refused_series = 0;
  std::size_t invalid = 0;  // too long, or not UTF-8
  std::size_t out_of_bounds = 0;
};

// What may be stored of a request.
struct ValidWrite {
  std::vector<SeriesSamples> series;
  std::vector<SeriesExemplars> exemplars;
  SkippedExemplars skipped;
};
// The rest goes to `rejections`. Takes the series out of the request.
ValidWrite validate_samples(WriteRequest& request, const Limits& limits, Timestamp now,
                            Rejections& rejections);

}  // namespace sluice::ingest
