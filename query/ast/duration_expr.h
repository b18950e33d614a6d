// Lengths of time in a query: fixed ones, and such as depend on how it is run: step(), range().
//
// Arithmetic is in seconds, as Prometheus' duration expressions have it. What does not depend on
// the run is computed when the query is parsed.
#pragma once

#include <memory>
#include <string>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::query {

// How a query is run, for step() and range(); both zero for instant queries.
struct QueryRun {
  double step_seconds = 0;
  double range_seconds = 0;
};

struct DurationExpr;
using DurationExprPtr = std::shared_ptr<const DurationExpr>;

struct DurationExpr {
  // Binary ones are named by their character; 'n' negates, 'm' and 'M' are min and max.
  char op = '=';  // '=': `seconds`; 's': step(), 'r': range()
  double seconds = 0;
  DurationExprPtr lhs = {};
  DurationExprPtr rhs = {};
};
// Error(invalid_argument): division by zero.
Result<double> evaluate(const DurationExpr& expr, const QueryRun& run);
bool depends_on_run(const DurationExpr& expr);
std::string to_string(const DurationExpr& expr);

// Error(invalid_argument): not within +-292 years.
Result<Duration> to_duration(double seconds);

struct QueryDuration {
  Duration fixed{0};
  DurationExprPtr expr = {};  // instead of `fixed`

  Result<Duration> resolve(const QueryRun& run) const;
  bool zero() const { return !expr && fixed == Duration{0}; }
};

}  // namespace sluice::query
