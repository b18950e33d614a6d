// SampleCuts: from when on the series of a tenant are kept, by the rules of retention that have
// selectors. For one thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/storage/samples/label_key.h"
#include "daemon/storage/tombstones.h"

namespace sluice::storage {

class SampleCuts {
 public:
  // In the order of rules; none: everything is kept.
  explicit SampleCuts(std::vector<RetentionCut> cuts);
  SampleCuts(const SampleCuts&) = delete;
  SampleCuts& operator=(const SampleCuts&) = delete;

  bool empty() const { return cuts_.empty(); }
  // What the series has before is hidden. INT64_MIN: nothing.
  std::int64_t first_ms(std::string_view key);
  // No series has anything hidden from then on.
  std::int64_t last_cut_ms() const;

 private:
  const std::vector<RetentionCut> cuts_;
  std::vector<KeyMatcher> matchers_;  // parallel
};

}  // namespace sluice::storage
