#include "query/engine/window.h"

#include <limits>

namespace sluice::query {

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

std::int64_t saturating_sub(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return b < 0 ? std::numeric_limits<std::int64_t>::max()
               : std::numeric_limits<std::int64_t>::min();
}

QueryRun QueryBounds::run() const {
  const auto seconds = [](std::int64_t ms) { return static_cast<double>(ms) / 1000; };
  return {seconds(step_ms), seconds(saturating_sub(end_ms, start_ms))};
}

Result<Windows> Windows::make(const StepGrid& grid, std::int64_t range_ms,
                              const QueryDuration& offset, const std::optional<AtModifier>& at,
                              QueryBounds bounds) {
  SLUICE_TRY(const Duration shift, offset.resolve(bounds.run()));
  Windows windows{grid, range_ms, to_milliseconds(shift), std::nullopt};
  if (!at) return windows;
  switch (at->kind) {
    case AtModifier::Kind::time: windows.fixed_ms = at->timestamp_ms; break;
    case AtModifier::Kind::start: windows.fixed_ms = bounds.start_ms; break;
    case AtModifier::Kind::end: windows.fixed_ms = bounds.end_ms; break;
  }
  return windows;
}

std::span<const Sample> WindowSlider::slide(std::int64_t start_ms, std::int64_t end_ms) {
  while (end_ < samples_.size() && samples_[end_].timestamp_ms <= end_ms) ++end_;
  while (begin_ < end_ && samples_[begin_].timestamp_ms <= start_ms) ++begin_;
  return samples_.subspan(begin_, end_ - begin_);
}

}  // namespace sluice::query
