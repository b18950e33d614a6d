// Sample batch: the accepted samples of one write, durable until they are sealed into chunks.
// Format: docs/format/sample-chunk.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "base/types/time.h"

namespace sluice::storage {

struct SampleBatch {
  TenantId tenant;
  Timestamp received{};
  std::vector<SeriesSamples> series;
};

// The payload, compressed.
std::string encode_sample_batch(const TenantId& tenant, Timestamp received,
                                const std::vector<SeriesSamples>& series);
// Error(corrupt).
Result<SampleBatch> decode_sample_batch(std::string_view payload);

}  // namespace sluice::storage
