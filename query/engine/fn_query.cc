// start(), end(), range() and step(): how the query itself is run, in seconds.
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

}  // namespace

std::vector<Function> query_functions() {
  return {Function{"start", ValueType::scalar, {}, 0, of_query<start_of>},
          Function{"end", ValueType::scalar, {}, 0, of_query<end_of>},
          Function{"range", ValueType::scalar, {}, 0, of_query<range_of>},
          Function{"step", ValueType::scalar, {}, 0, of_query<step_of>}};
}

}  // namespace sluice::query
