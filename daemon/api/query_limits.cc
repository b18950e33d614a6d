#include "daemon/api/query_limits.h"

#include <algorithm>

#include "query/ast/find_expr.h"

namespace sluice::api {

namespace {

std::string shown(Duration duration) {
  return format_prometheus_duration(std::chrono::floor<std::chrono::milliseconds>(duration));
}

// The ends may be as far apart as timestamps can be.
Duration length_of(TimeRange range) {
  const auto start = static_cast<std::uint64_t>(unix_ns(range.start));
  const std::uint64_t length = static_cast<std::uint64_t>(unix_ns(range.end)) - start;
  return Duration{static_cast<std::int64_t>(std::min<std::uint64_t>(length, INT64_MAX))};
}

}  // namespace

Result<TimeRange> limited_range(TimeRange range, const query::QueryLimits& limits, Timestamp now) {
  if (limits.max_lookback.count() > 0) {
    const Timestamp oldest = now - limits.max_lookback;
    if (range.end < oldest)
      return invalid_argument(
          "this data is no longer available, it is past now - max_query_lookback (" +
          shown(limits.max_lookback) + ")");
    range.start = std::max(range.start, oldest);
  }
  if (limits.max_length.count() > 0 && length_of(range) > limits.max_length)
    return invalid_argument("the query time range exceeds the limit (query length: " +
                            shown(length_of(range)) + ", limit: " + shown(limits.max_length) + ")");
  return range;
}

Result<void> check_ranges(const query::Expr& expr, const query::QueryLimits& limits) {
  if (limits.max_range.count() == 0) return {};
  const auto* found = query::find_expr(expr, [&](const query::Expr& part) {
    const auto* log = std::get_if<query::LogRangeAggregation>(&part.node);
    return log != nullptr && log->range > limits.max_range;
  });
  if (found == nullptr) return {};
  const auto& range = std::get<query::LogRangeAggregation>(found->node).range;
  return invalid_argument("[" + shown(range) + "] > [" + shown(limits.max_range) +
                          "]: [interval] value exceeds limit");
}

Result<void> check_entries(std::size_t limit, const query::QueryLimits& limits) {
  if (limit <= limits.max_entries) return {};
  return invalid_argument(
      "max entries limit per query exceeded, limit > max_entries_limit_per_query (" +
      std::to_string(limit) + " > " + std::to_string(limits.max_entries) + ")");
}

}  // namespace sluice::api
