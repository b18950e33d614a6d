// Functions without a vector: start(), end(), range() and step(), how the query itself is run, in
// seconds; min_of() and max_of() of two scalars.
#include <cmath>
#include <limits>

#include "query/engine/functions.h"

namespace sluice::query {

namespace {

double to_seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

double start_of(const QueryBounds& bounds) {
  return to_seconds(bounds.start_ms);
}
double end_of(const QueryBounds& bounds) {
  return to_seconds(bounds.end_ms);
}
double range_of(const QueryBounds& bounds) {
  return bounds.run().range_seconds;
}
double step_of(const QueryBounds& bounds) {
  return bounds.run().step_seconds;
}

template <double (*read)(const QueryBounds&)>
Result<EvalValue> of_query(const FunctionCall& call) {
  return EvalValue{ScalarColumn(call.grid.steps, read(call.evaluator.bounds()))};
}

// NaN on either side wins, but against what nothing can beat (Go's math.Max and Min).
double greater_of(double a, double b) {
  constexpr double most = std::numeric_limits<double>::infinity();
  if (a == most || b == most) return most;
  return std::isnan(a) || std::isnan(b) ? a + b : std::fmax(a, b);
}
double lesser_of(double a, double b) {
  return -greater_of(-a, -b);
}

template <double (*choose)(double, double)>
Result<EvalValue> of_two(const FunctionCall& call) {
  SLUICE_TRY(auto a, call.evaluator.eval_scalar(call.argument(0), call.grid));
  SLUICE_TRY(const auto b, call.evaluator.eval_scalar(call.argument(1), call.grid));
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = choose(a[i], b[i]);
  return EvalValue{std::move(a)};
}

}  // namespace

std::vector<Function> query_functions() {
  const auto scalar = ValueType::scalar;
  return {Function{"max_of", scalar, {scalar, scalar}, 0, of_two<greater_of>},
          Function{"min_of", scalar, {scalar, scalar}, 0, of_two<lesser_of>},
          Function{"start", ValueType::scalar, {}, 0, of_query<start_of>},
          Function{"end", ValueType::scalar, {}, 0, of_query<end_of>},
          Function{"range", ValueType::scalar, {}, 0, of_query<range_of>},
          Function{"step", ValueType::scalar, {}, 0, of_query<step_of>}};
}

}  // namespace sluice::query
