#include "daemon/storage/sample_cuts.h"

#include <algorithm>

namespace sluice::storage {

namespace {

std::int64_t cut_ms(const RetentionCut& cut) {
  return cut.before == Timestamp::min() ? INT64_MIN : unix_ms(to_ms(cut.before));
}

}  // namespace

SampleCuts::SampleCuts(std::vector<RetentionCut> cuts) : cuts_(std::move(cuts)) {
  for (const RetentionCut& cut : cuts_) matchers_.emplace_back(cut.matchers);
}

std::int64_t SampleCuts::first_ms(std::string_view key) {
  for (std::size_t i = 0; i < cuts_.size(); ++i)
    if (matchers_[i].matches(key)) return cut_ms(cuts_[i]);
  return INT64_MIN;
}

std::int64_t SampleCuts::last_cut_ms() const {
  std::int64_t last = INT64_MIN;
  for (const RetentionCut& cut : cuts_) last = std::max(last, cut_ms(cut));
  return last;
}

}  // namespace sluice::storage
