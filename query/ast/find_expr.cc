#include "query/ast/find_expr.h"

namespace sluice::query {

namespace {

struct Children {
  std::vector<const Expr*> found;

  void add(const ExprPtr& child) {
    if (child) found.push_back(child.get());
  }
  void operator()(const Subquery& node) { add(node.expr); }
  void operator()(const Unary& node) { add(node.expr); }
  void operator()(const Paren& node) { add(node.expr); }
  void operator()(const Aggregation& node) {
    add(node.parameter);
    add(node.expr);
  }
  void operator()(const Binary& node) {
    add(node.lhs);
    add(node.rhs);
  }
  void operator()(const Call& node) {
    for (const auto& argument : node.arguments) add(argument);
  }
  void operator()(const auto&) {}  // leaves
};

}  // namespace

const Expr* find_expr(const Expr& expr, const std::function<bool(const Expr&)>& wanted) {
  if (wanted(expr)) return &expr;
  Children children;
  std::visit(children, expr.node);
  for (const Expr* child : children.found)
    if (const Expr* found = find_expr(*child, wanted)) return found;
  return nullptr;
}

}  // namespace sluice::query
