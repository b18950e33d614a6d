// find_expr: the first part of an expression, itself included, that a predicate holds for.
#pragma once

#include <functional>

#include "query/ast/expr.h"

namespace sluice::query {

// Null: none. In the order of the text.
const Expr* find_expr(const Expr& expr, const std::function<bool(const Expr&)>& wanted);

}  // namespace sluice::query
