#include "query/engine/series_merge.h"

namespace sluice::query {

Result<void> SeriesMerge::add(std::size_t unit, std::unique_ptr<LogSeries> series) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace(unit, std::move(series));
  while (!waiting_.empty() && waiting_.begin()->first == next_) {
    const auto next = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    ++next_;
    if (next) SLUICE_CHECK(total_.merge(*next));
  }
  return {};
}

bool order_tells(const LogRangeAggregation& aggregation, const LogFunction& function) {
  return function.input != LogFunctionInput::total || aggregation.unwrap.has_value();
}

}  // namespace sluice::query
