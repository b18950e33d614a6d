#include "query/engine/log_slices.h"

#include <algorithm>

namespace sluice::query {

namespace {

using std::chrono::days;

days width_for(TimeRange range) {
  // In days: nanoseconds of the longest ranges do not fit.
  const auto whole = std::chrono::floor<days>(range.end) - std::chrono::floor<days>(range.start);
  constexpr auto most = static_cast<days::rep>(LogSlices::most_slices - 2);  // both ends are cut
  return std::max(days{1}, days{(whole.count() + most - 1) / most});
}

}  // namespace

LogSlices::LogSlices(TimeRange range, Direction direction)
    : left_(range), direction_(direction), width_(width_for(range)) {}

std::optional<TimeRange> LogSlices::next() {
  if (left_.start >= left_.end) return std::nullopt;
  TimeRange slice = left_;
  if (direction_ == Direction::backward) {
    const auto day = std::chrono::floor<days>(left_.end - Duration{1});
    const auto cut = day - (width_ - days{1});
    if (cut > std::chrono::floor<days>(left_.start)) slice.start = Timestamp(cut);
    left_.end = slice.start;
  } else {
    const auto cut = std::chrono::floor<days>(left_.start) + width_;
    if (cut <= std::chrono::floor<days>(left_.end)) slice.end = std::min(left_.end, Timestamp(cut));
    left_.start = slice.end;
  }
  return slice;
}

}  // namespace sluice::query
