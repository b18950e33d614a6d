// What the long way through a Prometheus remote write, 1.0 or 2.0, makes of it (flat_write.h).
// Wire: docs/format/remote-write.md.
#pragma once

#include <vector>

#include "base/types/exemplar.h"
#include "base/types/log_entry.h"

namespace sluice::ingest {

struct WrittenSeries {
  std::vector<Label> labels;  // as sent: perhaps unsorted or repeated, which validation tells
  std::vector<Sample> samples;
  HistogramList histograms = {};            // those the samples name
  std::size_t bad_histograms = 0;           // left out
  const char* histogram_problem = nullptr;  // of the first of them
  std::vector<Exemplar> exemplars = {};
};

struct WriteRequest {
  std::vector<WrittenSeries> series;
  std::vector<MetricMetadata> metadata;
};

}  // namespace sluice::ingest
