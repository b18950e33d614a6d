// Operands in PromQL, so that logs and metrics meet in one expression:
//
//   sum(rate({app="pay"} |= "timeout" [5m])) / sum(rate(http_requests_total[5m]))
//
// A foreign operand begins with a name that is no function of LogQL, or is a range function applied
// to something that begins with a name. Its extent is found by its brackets; PromQL's parser reads
// the text. An expression without any logs in it is not LogQL and is refused (check_foreign).

#include "query/logql/grammar.h"

namespace sluice::query::logql {

namespace {

// Position behind the bracket that closes the one at `at`; the end token's if none does.
std::size_t behind_group(const TokenStream& in, std::size_t at) {
  int depth = 0;
  while (in.peek(at).kind != TokenKind::end) {
    const Token& token = in.peek(at++);
    if (token.is("(") || token.is("{") || token.is("[")) ++depth;
    if (token.is(")") || token.is("}") || token.is("]")) --depth;
    if (depth == 0) break;
  }
  return at;
}

// offset -5m, @ 1700000000, @ end()
std::size_t behind_modifier(const TokenStream& in, std::size_t at) {
  ++at;
  if (in.peek(at).is("-")) ++at;
  const bool function = in.peek(at).kind == TokenKind::identifier;
  ++at;
  return function && in.peek(at).is("(") ? behind_group(in, at) : at;
}

// How many tokens the operand has.
std::size_t extent(const TokenStream& in) {
  std::size_t at = 1;
  while (in.peek(at).is(":") && in.peek(at + 1).kind == TokenKind::identifier) at += 2;
  while (true) {
    const Token& token = in.peek(at);
    if (token.is("(") || token.is("{") || token.is("["))
      at = behind_group(in, at);
    else if (token.is("offset") || token.is("@"))
      at = behind_modifier(in, at);
    else if ((token.is("by") || token.is("without")) && in.peek(at + 1).is("("))
      at = behind_group(in, at + 1);
    else
      return at;
  }
}

void shift(Expr& expr, std::uint32_t by);

void shift_children(const Expr& expr, std::uint32_t by) {
  if (const auto* subquery = std::get_if<Subquery>(&expr.node)) shift(*subquery->expr, by);
  if (const auto* unary = std::get_if<Unary>(&expr.node)) shift(*unary->expr, by);
  if (const auto* paren = std::get_if<Paren>(&expr.node)) shift(*paren->expr, by);
  if (const auto* binary = std::get_if<Binary>(&expr.node))
    shift(*binary->lhs, by), shift(*binary->rhs, by);
  if (const auto* call = std::get_if<Call>(&expr.node))
    for (const auto& argument : call->arguments) shift(*argument, by);
  if (const auto* aggregation = std::get_if<Aggregation>(&expr.node)) {
    if (aggregation->parameter) shift(*aggregation->parameter, by);
    shift(*aggregation->expr, by);
  }
}

// Spans count from the beginning of the whole query.
void shift(Expr& expr, std::uint32_t by) {
  expr.span.begin += by;
  expr.span.end += by;
  shift_children(expr, by);
}

bool contains_logs(const Expr& expr) {
  if (std::holds_alternative<LogRangeAggregation>(expr.node)) return true;
  if (const auto* paren = std::get_if<Paren>(&expr.node)) return contains_logs(*paren->expr);
  if (const auto* binary = std::get_if<Binary>(&expr.node))
    return contains_logs(*binary->lhs) || contains_logs(*binary->rhs);
  if (const auto* aggregation = std::get_if<Aggregation>(&expr.node))
    return contains_logs(*aggregation->expr);
  if (const auto* call = std::get_if<Call>(&expr.node))
    for (const auto& argument : call->arguments)
      if (contains_logs(*argument)) return true;
  return false;
}

}  // namespace

bool at_foreign(const TokenStream& in) {
  if (!in.has_foreign() || in.peek().kind != TokenKind::identifier) return false;
  std::size_t at = 1;
  if (!is_range_operation(in.peek().word())) {
    if (is_function(in.peek().word())) return false;
    // foo({app="x"}[5m]) is a LogQL function misspelt.
    while (in.peek(at).is("(")) ++at;
    return at == 1 || !in.peek(at).is("{");
  }
  while (in.peek(at).is("(")) ++at;
  if (in.peek(at).kind == TokenKind::number && in.peek(at + 1).is(",")) at += 2;
  return at > 1 && in.peek(at).kind == TokenKind::identifier;
}

Result<ExprPtr> parse_foreign(TokenStream& in) {
  const Token first = in.peek();
  in.seek(in.position() + extent(in));
  const SourceSpan span = in.span_from(first.begin);
  auto expr = in.foreign(span);
  if (!expr)
    return in.error_at(first.begin, "in the PromQL operand: " + std::move(expr).error().message);
  const auto type = (*expr)->type;
  if (type != ValueType::instant_vector && type != ValueType::scalar)
    return in.error_at(first.begin, "the PromQL operand must be an instant vector or a scalar");
  shift(**expr, first.begin);
  return expr;
}

Result<void> check_foreign(const TokenStream& in, const Expr& expr) {
  if (!in.used_foreign() || contains_logs(expr)) return {};
  return in.error_at(expr.span.begin,
                     "this is PromQL; a LogQL query reads logs, beginning with a selector such as "
                     "{app=\"web\"} or a range aggregation such as rate({...}[5m])");
}

}  // namespace sluice::query::logql
