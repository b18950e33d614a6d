// Metric expressions: operators over what parse_range.cc and parse_function.cc read, by precedence
// climbing. Also the entrance, parse().

#include <array>

#include "query/logql/constant.h"
#include "query/logql/grammar.h"

namespace sluice::query::logql {

namespace {

struct BinaryOperator {
  std::string_view text;
  BinaryOp op;
  int precedence;
};
constexpr std::array<BinaryOperator, 15> binary_operators = {{{"or", BinaryOp::or_, 1},
                                                              {"and", BinaryOp::and_, 2},
                                                              {"unless", BinaryOp::unless, 2},
                                                              {"==", BinaryOp::eq, 3},
                                                              {"!=", BinaryOp::ne, 3},
                                                              {">", BinaryOp::gt, 3},
                                                              {">=", BinaryOp::ge, 3},
                                                              {"<", BinaryOp::lt, 3},
                                                              {"<=", BinaryOp::le, 3},
                                                              {"+", BinaryOp::add, 4},
                                                              {"-", BinaryOp::sub, 4},
                                                              {"*", BinaryOp::mul, 5},
                                                              {"/", BinaryOp::div, 5},
                                                              {"%", BinaryOp::mod, 5},
                                                              {"^", BinaryOp::pow, 6}}};

const BinaryOperator* find_binary_operator(const Token& token) {
  for (const auto& candidate : binary_operators)
    if (token.is(candidate.text)) return &candidate;
  return nullptr;
}

bool is_comparison(const BinaryOperator& op) {
  return op.precedence == 3;
}
bool is_set_operator(const BinaryOperator& op) {
  return op.precedence <= 2;
}

Result<void> parse_group_modifier(TokenStream& in, const BinaryOperator& op,
                                  VectorMatching& matching) {
  const bool left = in.peek().is("group_left");
  if (!left && !in.peek().is("group_right")) return {};
  if (is_set_operator(op))
    return in.error_here("no grouping allowed for \"" + std::string(op.text) + "\" operation");
  in.next();
  matching.card = left ? VectorMatching::Card::many_to_one : VectorMatching::Card::one_to_many;
  if (in.peek().is("(") && (in.peek(1).kind == TokenKind::identifier || in.peek(1).is(")")) &&
      (in.peek(2).is(",") || in.peek(2).is(")") || in.peek(1).is(")"))) {
    SLUICE_TRY(matching.include, parse_names(in, "group_left or group_right"));
  }
  return {};
}

Result<void> parse_modifiers(TokenStream& in, const BinaryOperator& op, Binary& out) {
  if (in.peek().is("bool") && !is_comparison(op))
    return in.error_here("bool modifier can only be used on comparison operators");
  out.return_bool = in.take("bool");
  if (!in.peek().is("on") && !in.peek().is("ignoring")) {
    if (in.peek().is("group_left") || in.peek().is("group_right"))
      return in.unexpected("on (...) or ignoring (...) before it");
    return {};
  }
  out.matching.on = in.next().is("on");
  SLUICE_TRY(out.matching.labels, parse_names(in, "on or ignoring"));
  return parse_group_modifier(in, op, out.matching);
}

Result<ExprPtr> combine(TokenStream& in, const BinaryOperator& op, Binary binary) {
  const SourceSpan span{binary.lhs->span.begin, binary.rhs->span.end};
  const bool left_scalar = binary.lhs->type == ValueType::scalar;
  const bool right_scalar = binary.rhs->type == ValueType::scalar;
  if (is_set_operator(op) && (left_scalar || right_scalar))
    return in.error_at((left_scalar ? binary.lhs : binary.rhs)->span.begin,
                       std::string("unexpected literal for ") + (left_scalar ? "left" : "right") +
                           " side of logical/set binary operation (" + std::string(op.text) + ")");
  const auto* lhs = std::get_if<NumberLiteral>(&binary.lhs->node);
  const auto* rhs = std::get_if<NumberLiteral>(&binary.rhs->node);
  if (lhs != nullptr && rhs != nullptr)
    return make_expr(NumberLiteral{fold_constants(op.op, lhs->value, rhs->value)},
                     ValueType::scalar, span);
  // A comparison of scalars yields 0 or 1, with bool or without it.
  if (left_scalar && right_scalar && is_comparison(op)) binary.return_bool = true;
  const auto type = left_scalar && right_scalar ? ValueType::scalar : ValueType::instant_vector;
  return make_expr(std::move(binary), type, span);
}

Result<ExprPtr> parse_parenthesised(TokenStream& in) {
  const auto begin = in.begin();
  in.next();
  SLUICE_TRY(auto inner, parse_metric(in));
  SLUICE_CHECK(in.expect(")", "the expression"));
  if (std::holds_alternative<NumberLiteral>(inner->node)) return inner;
  const auto type = inner->type;
  return make_expr(Paren{std::move(inner)}, type, in.span_from(begin));
}

Result<ExprPtr> parse_number(TokenStream& in) {
  const auto begin = in.begin();
  SLUICE_TRY(const double value, parse_signed_number(in, "a number (only numbers take a sign)"));
  return make_expr(NumberLiteral{value}, ValueType::scalar, in.span_from(begin));
}

Result<ExprPtr> parse_primary(TokenStream& in) {
  const Token& token = in.peek();
  if (token.is("(")) return parse_parenthesised(in);
  if (token.kind == TokenKind::number || token.is("-") || token.is("+") || special_number(token))
    return parse_number(in);
  if (token.is("{"))
    return in.error_here(
        "a log query cannot be an operand; wrap it in a range aggregation such as rate({...}[5m])");
  if (at_foreign(in)) return parse_foreign(in);
  if (token.kind != TokenKind::identifier)
    return in.unexpected("a metric expression such as rate({app=\"web\"}[5m])");
  return is_range_operation(token.word()) ? parse_range_aggregation(in) : parse_function(in);
}

Result<ExprPtr> parse_operators(TokenStream& in, int lowest) {
  SLUICE_CHECK(in.enter());
  SLUICE_TRY(auto expr, parse_primary(in));
  for (const BinaryOperator* op = find_binary_operator(in.peek());
       op != nullptr && op->precedence >= lowest; op = find_binary_operator(in.peek())) {
    SLUICE_CHECK(in.count_operator());
    in.next();
    Binary binary;
    binary.logql = true;
    binary.op = op->op;
    SLUICE_CHECK(parse_modifiers(in, *op, binary));
    const bool right_associative = op->op == BinaryOp::pow;
    SLUICE_TRY(binary.rhs,
               parse_operators(in, right_associative ? op->precedence : op->precedence + 1));
    binary.lhs = std::move(expr);
    SLUICE_TRY(expr, combine(in, *op, std::move(binary)));
  }
  in.leave();
  return expr;
}

Result<LogQuery> parse_log_query(TokenStream& in) {
  LogQuery query;
  if (in.take("(")) {
    SLUICE_CHECK(in.enter());
    SLUICE_TRY(query, parse_log_query(in));
    in.leave();
    SLUICE_CHECK(in.expect(")", "the log query"));
    return query;
  }
  SLUICE_TRY(query.matchers, parse_selector(in));
  while (at_stage(in)) {
    SLUICE_TRY(auto stage, parse_stage(in));
    query.pipeline.push_back(std::move(stage));
  }
  return query;
}

bool begins_log_query(const TokenStream& in) {
  std::size_t i = 0;
  while (in.peek(i).is("(")) ++i;
  return in.peek(i).is("{");
}

std::string trailing_hint(const Token& token) {
  if (token.is("[")) return "; a range belongs inside an aggregation such as rate({...}[5m])";
  if (token.is("=") || token.is("=~"))
    return "; lines are filtered by |= != |~ !~, numbers are compared by == and !=";
  if (token.kind == TokenKind::string) return "; a line filter such as |= goes before the text";
  if (token.is("and")) return "; filters follow each other, as in |= \"a\" |= \"b\"";
  if (token.is("|")) return "; unwrap belongs inside a range aggregation such as sum_over_time";
  return "";
}

Result<ExprPtr> parse_query(TokenStream& in) {
  const auto begin = in.begin();
  if (!begins_log_query(in)) return parse_metric(in);
  SLUICE_TRY(auto query, parse_log_query(in));
  return make_expr(std::move(query), ValueType::streams, in.span_from(begin));
}

}  // namespace

ExprPtr make_expr(Expr::Node node, ValueType type, SourceSpan span) {
  auto expr = std::make_unique<Expr>();
  expr->node = std::move(node);
  expr->type = type;
  expr->span = span;
  return expr;
}

Result<ExprPtr> parse_metric(TokenStream& in) {
  return parse_operators(in, 1);
}

Result<ExprPtr> parse(std::string_view text, ForeignParser foreign) {
  SLUICE_TRY(auto in, TokenStream::open(text, foreign));
  if (in.at_end())
    return in.error_here(
        "the query is empty; a stream selector such as {app=\"web\"} is the least");
  SLUICE_TRY(auto expr, parse_query(in));
  if (!in.at_end()) {
    auto error = in.unexpected("an operator or the end of the query");
    error.message += trailing_hint(in.peek());
    return error;
  }
  SLUICE_CHECK(check_foreign(in, *expr));
  return expr;
}

}  // namespace sluice::query::logql
