// Prometheus remote write 1.0. Wire: docs/format/remote-write.md.
#pragma once

#include <string_view>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::ingest {

struct WrittenSeries {
  std::vector<Label> labels;  // as sent: perhaps unsorted or repeated, which validation tells
  std::vector<Sample> samples;
};

struct WriteRequest {
  std::vector<WrittenSeries> series;
  std::vector<MetricMetadata> metadata;
  std::size_t exemplars = 0;   // skipped
  std::size_t histograms = 0;  // skipped
};

// `body` is plain protobuf, decompressed. Error(invalid_argument).
Result<WriteRequest> decode_remote_write(std::string_view body);

}  // namespace sluice::ingest
