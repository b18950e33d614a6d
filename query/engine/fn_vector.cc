// scalar() and vector(): between one number and a vector of one series.
#include <limits>

#include "query/engine/functions.h"

namespace sluice::query {

namespace {

// The value of the only float at each step; NaN where there is none or more than one.
Result<EvalValue> scalar(const FunctionCall& call) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  ScalarColumn column(call.grid.steps, nan);
  std::vector<std::size_t> found(call.grid.steps, 0);
  SLUICE_CHECK(call.evaluator.stream(
      call.argument(0), call.grid, [&](GridSeries&& series) -> Result<void> {
        for (std::size_t i = 0; i < column.size(); ++i)
          if (is_number(series.values[i])) column[i] = found[i]++ == 0 ? series.values[i] : nan;
        return {};
      }));
  return EvalValue{std::move(column)};
}

Result<EvalValue> vector(const FunctionCall& call) {
  SLUICE_TRY(auto column, call.evaluator.eval_scalar(call.argument(0), call.grid));
  GridVector out;
  out.push_back(GridSeries{{}, std::move(column)});
  return EvalValue{std::move(out)};
}

}  // namespace

std::vector<Function> vector_functions() {
  return {
      Function{"scalar", ValueType::scalar, {ValueType::instant_vector}, 0, scalar},
      Function{"vector", ValueType::instant_vector, {ValueType::scalar}, 0, vector},
  };
}

}  // namespace sluice::query
