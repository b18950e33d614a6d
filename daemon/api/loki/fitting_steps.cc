#include "daemon/api/loki/fitting_steps.h"

namespace sluice::api::loki {

namespace {

// The newest half of the steps, on the same grid; false if there is one only.
bool halve(query::RangeQuery& steps) {
  const std::int64_t after_first = (steps.end_ms - steps.start_ms) / steps.step_ms;
  if (after_first == 0) return false;
  steps.start_ms += (after_first - (after_first - 1) / 2) * steps.step_ms;
  return true;
}

std::string remark(const query::RangeQuery& steps, const query::QueryContext& context) {
  const Timestamp begin = from_unix_ns(steps.start_ms * 1'000'000);
  return "the query needs more than its memory budget of " +
         std::to_string(context.limits().max_memory_bytes >> 20) +
         " MiB: the result is partial and begins at " + format_rfc3339(begin);
}

}  // namespace

Result<FittedResult> fitting_steps(
    const query::Engine& engine, const query::Expr& expr, query::RangeQuery steps,
    const std::function<std::unique_ptr<query::QueryContext>()>& new_context) {
  for (int halvings = 0;; ++halvings) {
    auto context = new_context();
    auto result = engine.range(expr, steps, *context);
    if (result) {
      if (halvings > 0) result->warnings.push_back(remark(steps, *context));
      return FittedResult{std::move(*result), std::move(context)};
    }
    if (!context->over_budget() || halvings == most_halvings || !halve(steps))
      return std::move(result).error();
  }
}

}  // namespace sluice::api::loki
