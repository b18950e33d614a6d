// Prometheus remote write 1.0 and 2.0. Wire: docs/format/remote-write.md.
#pragma once

#include <string_view>
#include <vector>

#include "base/types/exemplar.h"
#include "base/types/limits.h"
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

// `body` is plain protobuf, decompressed. Error(invalid_argument): it is none, has too many samples
// and exemplars, or would take far more memory than it has bytes. 1.0 is in flat_write.h.
Result<WriteRequest> decode_remote_write_2(std::string_view body, const Limits& limits);

}  // namespace sluice::ingest
