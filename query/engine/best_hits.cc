#include "query/engine/best_hits.h"

#include <algorithm>

namespace sluice::query {

std::optional<Hit> BestHits::add(Hit hit) {
  const auto better = [this](const Hit& a, const Hit& b) { return is_better(a, b, direction_); };
  std::optional<Hit> dropped;
  if (full()) {
    std::pop_heap(hits_.begin(), hits_.end(), better);
    dropped = std::move(hits_.back());
    hits_.pop_back();
  }
  hits_.push_back(std::move(hit));
  std::push_heap(hits_.begin(), hits_.end(), better);
  if (full()) bound_.offer(worst());
  return dropped;
}

TimeRange BestHits::open_range(TimeRange range) const {
  range = bound_.open_range(range);
  if (!full()) return range;
  if (direction_ == Direction::backward)
    range.start = std::max(range.start, worst() + Duration{1});
  else
    range.end = std::min(range.end, worst());
  return range;
}

}  // namespace sluice::query
