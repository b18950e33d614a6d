// A metric query over steps that needs more memory than it may have, answered as far as it fits:
// its newest steps, each with its whole value, and a warning that says where they begin.
//
// A part of a sum is no sum, but a part of a graph is a graph (docs/decisions/0009).
#pragma once

#include <functional>
#include <memory>

#include "query/engine/engine.h"

namespace sluice::api::loki {

struct FittedResult {
  query::QueryResult result;
  std::unique_ptr<query::QueryContext> context;  // of the attempt that fitted
};

// Runs the query; past its budget, again with the newest half of the steps, and so on, at most
// `most_halvings` times. `new_context` gives each attempt its own; the deadline of the first one
// should hold for all of them.
inline constexpr int most_halvings = 5;
Result<FittedResult> fitting_steps(
    const query::Engine& engine, const query::Expr& expr, query::RangeQuery steps,
    const std::function<std::unique_ptr<query::QueryContext>()>& new_context);

}  // namespace sluice::api::loki
