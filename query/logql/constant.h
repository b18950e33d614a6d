// Arithmetic of two literals, folded while parsing as Loki does: 1 + 1 is 2, 1 > 2 is 0.
#pragma once

#include "query/ast/expr.h"

namespace sluice::query::logql {

// Division and modulo by zero are NaN. The operator must not be a set operator.
double fold_constants(BinaryOp op, double lhs, double rhs);

}  // namespace sluice::query::logql
