#include "daemon/api/loki/query_limits.h"

#include <algorithm>

#include "query/ast/find_expr.h"

namespace sluice::api::loki {

namespace {

std::string shown(Duration duration) {
  return format_prometheus_duration(std::chrono::floor<std::chrono::milliseconds>(duration));
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
  if (limits.max_length.count() > 0 && range.end - range.start > limits.max_length)
    return invalid_argument(
        "the query time range exceeds the limit (query length: " + shown(range.end - range.start) +
        ", limit: " + shown(limits.max_length) + ")");
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

}  // namespace sluice::api::loki
