// Sample batch: the accepted samples of one write, durable until they are sealed into chunks.
// Format: docs/format/sample-chunk.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "base/types/time.h"
#include "daemon/storage/keys.h"

namespace sluice::storage {

// Who made the samples. Rules' results are stamped now whether or not anything arrives, so the
// watermark of arriving data (Freshness) must not see them, also after a restart.
enum class Origin : std::uint8_t { outside = 1, own = 2 };

struct SampleBatch {
  TenantId tenant;
  Timestamp received{};
  Origin origin = Origin::outside;
  std::vector<SeriesSamples> series;
};

// histogram_batch if there are histograms among the samples.
ValueType sample_batch_type(const std::vector<SeriesSamples>& series);
// The payload, compressed.
std::string encode_sample_batch(const TenantId& tenant, Timestamp received, Origin origin,
                                const std::vector<SeriesSamples>& series);
// Error(corrupt).
Result<SampleBatch> decode_sample_batch(ValueType type, std::string_view payload);

}  // namespace sluice::storage
