// FlatSeries: the series of a remote write that is being decoded into flat lists. A series is taken
// whole, or not at all: then it goes the long way (flat_write.h). For the decoders only.
#pragma once

#include "base/types/limits.h"
#include "base/types/time.h"
#include "daemon/ingest/remote_write_fields.h"
#include "daemon/storage/samples/sample_write.h"

namespace sluice::ingest {

class FlatSeries {
 public:
  // All must outlive it.
  FlatSeries(const Limits& limits, Timestamp now, DecodeBudget& budget, storage::SampleWrite& out);

  void begin();
  // The texts lie in the body.
  void add_label(std::string_view name, std::string_view value);
  // False: it lies outside the accepted time.
  bool add_sample(protozero::pbf_reader reader);
  // Keeps the series if its labels are what validate_samples() would pass without a change; without
  // samples nothing of it is needed. False: not taken.
  bool finish();
  // Forgets what was added, and what it cost.
  void give_up();
  // Of the series that was kept or is being decoded.
  std::string_view metric_name() const { return name_; }

 private:
  bool sound_labels();

  const Limits& limits_;
  DecodeBudget& budget_;
  DecodeBudget before_;
  const std::int64_t latest_ms_;
  const std::int64_t oldest_ms_;
  storage::SampleWrite& out_;
  storage::SampleWrite::Series series_;
  std::string_view name_;
};

}  // namespace sluice::ingest
