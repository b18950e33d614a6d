#include "query/engine/sliced_logs.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::query {

std::size_t entries_in(const Streams& streams) {
  std::size_t n = 0;
  for (const auto& stream : streams) n += stream.entries.size();
  return n;
}

Result<Streams> SlicedLogs::read_slice(TimeRange slice) {
  LogLimits limits = limits_;
  limits.range = slice;
  limits.limit = thin_ ? unread_ + 1 : left_;  // one more tells whether there are more
  ++context_.stats().splits;
  SLUICE_TRY(auto result, engine_.logs(expr_, tenant_, limits, context_));
  auto streams = std::get<Streams>(std::move(result.value));
  if (!thin_) return streams;
  const std::size_t lines = entries_in(streams);
  cut_ = lines > unread_;
  unread_ -= std::min(unread_, lines);
  return thin_(std::move(streams));
}

// What follows is missing, rather than that the lines of a slice had gaps between them.
void SlicedLogs::warn_of_cut() {
  context_.warn("the result is partial: it ends where " + std::to_string(read_) +
                " lines were thinned out by interval; narrow the time range or the filters");
}

Result<void> SlicedLogs::release() {
  const std::int64_t held = std::exchange(held_, 0);
  return keep_ ? Result<void>{} : context_.charge(-held);
}

Result<std::optional<Streams>> SlicedLogs::next() {
  SLUICE_CHECK(release());
  while (left_ > 0 && !cut_ && !context_.over_budget()) {
    const auto slice = slices_.next();
    if (!slice) break;
    const std::int64_t before = context_.held();
    SLUICE_TRY(auto streams, read_slice(*slice));
    held_ = context_.held() - before;
    const std::size_t lines = entries_in(streams);
    left_ -= std::min(left_, lines);
    if (cut_ && left_ > 0) warn_of_cut();
    if (lines == 0) {
      SLUICE_CHECK(release());
      continue;
    }
    return std::optional<Streams>(std::move(streams));
  }
  return std::optional<Streams>();
}

Result<Streams> all_slices(SlicedLogs& logs) {
  Streams all;
  logs.keep();
  while (true) {
    SLUICE_TRY(auto streams, logs.next());
    if (!streams) return all;
    all.insert(all.end(), std::make_move_iterator(streams->begin()),
               std::make_move_iterator(streams->end()));
  }
}

}  // namespace sluice::query
