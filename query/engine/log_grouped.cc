// eval_grouped_log_range: aggregations that commute with the range aggregation below them.

#include <array>
#include <utility>

#include "query/engine/grid.h"

namespace sluice::query {

namespace {

struct Pair {
  std::string_view outer, inner;
};
constexpr std::array<Pair, 7> commuting = {{{"sum", "count_over_time"},
                                            {"sum", "rate"},
                                            {"sum", "bytes_over_time"},
                                            {"sum", "bytes_rate"},
                                            {"sum", "sum_over_time"},
                                            {"min", "min_over_time"},
                                            {"max", "max_over_time"}}};

bool commute(std::string_view outer, std::string_view inner) {
  for (const auto& pair : commuting)
    if (pair.outer == outer && pair.inner == inner) return true;
  return false;
}

const LogRangeAggregation* range_below(const Expr& expr) {
  if (const auto* paren = std::get_if<Paren>(&expr.node)) return range_below(*paren->expr);
  return std::get_if<LogRangeAggregation>(&expr.node);
}

}  // namespace

Result<std::optional<GridVector>> eval_grouped_log_range(const Aggregation& aggregation,
                                                         const StepGrid& grid,
                                                         const TenantId& tenant, LogSource& logs,
                                                         QueryContext& context,
                                                         std::size_t greatest) {
  const LogRangeAggregation* range = range_below(*aggregation.expr);
  if (range == nullptr || range->grouping || !commute(aggregation.op, range->op))
    return std::optional<GridVector>();
  LogRangeAggregation grouped = *range;
  grouped.grouping = aggregation.grouping.value_or(Grouping{});
  SLUICE_TRY(auto vector, eval_log_range(grouped, grid, tenant, logs, context, greatest));
  return std::optional(std::move(vector));
}

}  // namespace sluice::query
