// What a query over logs may ask for, by the limits of its tenant. Refusals are Loki's: code
// invalid_argument, in its words. Pure.
#pragma once

#include <string>

#include "base/types/result.h"
#include "base/types/time.h"
#include "query/ast/expr.h"
#include "query/context.h"

namespace sluice::api {

// The range as far as `max_lookback` lets it be seen. Error: none of it is, or it is longer than
// `max_length`.
Result<TimeRange> limited_range(TimeRange range, const query::QueryLimits& limits, Timestamp now);
// No [range] is longer than `max_range`.
Result<void> check_ranges(const query::Expr& expr, const query::QueryLimits& limits);
Result<void> check_entries(std::size_t limit, const query::QueryLimits& limits);

}  // namespace sluice::api
