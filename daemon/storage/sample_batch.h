// Sample batch: the accepted samples of one write, durable until they are sealed into parts.
// Format: docs/format/sample-part.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/ids.h"
#include "base/types/time.h"
#include "daemon/storage/keys.h"
#include "daemon/storage/samples/sample_write.h"

namespace sluice::storage {

// Who made the samples. Rules' results are stamped now whether or not anything arrives, so the
// watermark of arriving data (Freshness) must not see them, also after a restart.
enum class Origin : std::uint8_t { outside = 1, own = 2 };

// A series of a batch is named by a number. Its labels are told by at least one durable batch that
// is removed no sooner than all that name it.
struct BatchSeries {
  std::uint64_t number = 0;
  std::uint32_t first_label = 0;  // of the batch's labels
  std::uint32_t labels = 0;       // 0: told elsewhere
  std::uint32_t first_sample = 0;
  std::uint32_t samples = 0;
};

struct SampleBatch {
  TenantId tenant;
  Timestamp received{};
  Origin origin = Origin::outside;
  std::vector<BatchSeries> series;
  std::vector<LabelView> labels;  // in `body`
  std::vector<Sample> samples;
  HistogramList histograms;                 // those the samples name
  std::shared_ptr<const std::string> body;  // of a decoded batch
};

// The payload. `labels` may lie anywhere.
std::string encode_sample_batch(const SampleBatch& batch);
// Error(corrupt).
Result<SampleBatch> decode_sample_batch(std::string_view payload);

}  // namespace sluice::storage
