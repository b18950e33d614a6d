// PartSources: several sample parts read side by side, in the order of keys, the samples of a
// series joined. Damage is reported and left out. For one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/storage/sample_part_reader.h"
#include "daemon/storage/tenant_samples.h"

namespace sluice::storage {

// No matchers.
const std::vector<query::LabelMatcher>& every_series();

class PartSources {
 public:
  // `matchers` must outlive it.
  PartSources(SamplePartCache& cache, const std::vector<query::LabelMatcher>& matchers)
      : cache_(cache), matchers_(matchers) {}

  // Each stands at its first series, or at the first one from `key` on.
  Result<void> add(const TenantSamples::PartsView& view, const std::string& key);
  // The least key of all; null at the end.
  const std::string* least() const;
  // What they hold of the series where they stand, joined, within [start, end].
  Result<SampleRun> read(const std::string& key, std::int64_t start_ms, std::int64_t end_ms);
  // To the first series from `key` on, which lies ahead.
  Result<void> seek(const std::string& key);
  // Behind the series.
  Result<void> pass(const std::string& key);
  bool damaged() const { return damaged_; }

 private:
  SamplePartCache& cache_;
  const std::vector<query::LabelMatcher>& matchers_;
  std::vector<std::unique_ptr<SamplePartCursor>> sources_;  // by number
  bool damaged_ = false;
};

}  // namespace sluice::storage
