// Duration expressions: [5m + step()], offset (2 * 1h). Numbers are seconds.
#include <cmath>

#include "query/promql/parser.h"

namespace sluice::query::promql {

namespace {

DurationExprPtr duration_node(char op, DurationExprPtr lhs, DurationExprPtr rhs = nullptr) {
  return std::make_shared<const DurationExpr>(
      DurationExpr{op, 0, std::move(lhs), std::move(rhs)});
}

}  // namespace

Result<double> Parser::literal_seconds(std::string_view context, std::string_view expected) {
  const Token& token = peek();
  if (token.kind == TokenKind::duration) {
    auto length = parse_prometheus_duration(take().text);
    if (!length) return error_at(token.begin, std::move(length).error().message);
    return static_cast<double>(length->count()) / 1e9;
  }
  if (token.kind != TokenKind::number) return unexpected(context, expected);
  const auto seconds = parse_number(take().text);
  if (!seconds || !(std::fabs(*seconds) * 1e9 < 9.2e18))
    return error_at(token.begin, "duration out of range");
  return *seconds;
}

// Computes what does not depend on how the query is run.
Result<QueryDuration> Parser::settled(DurationExprPtr expr, std::uint32_t begin) const {
  if (depends_on_run(*expr)) return QueryDuration{Duration{0}, std::move(expr)};
  const auto seconds = evaluate(*expr, {});
  if (!seconds) return error_at(begin, seconds.error().message);
  const auto length = to_duration(*seconds);
  if (!length) return error_at(begin, length.error().message);
  return QueryDuration{*length};
}

Result<QueryDuration> Parser::positive_duration(std::string_view context,
                                                std::string_view expected) {
  const auto begin = peek().begin;
  SLUICE_TRY(auto expr, duration_sum(context, expected));
  SLUICE_TRY(auto length, settled(std::move(expr), begin));
  // Below a millisecond nothing can be selected: sample times are milliseconds.
  if (!length.expr && length.fixed < std::chrono::milliseconds{1})
    return error_at(begin, "duration must be greater than 0");
  return length;
}

// Without parentheses it ends at the first operator: x offset 1m + 2 adds to the vector.
Result<QueryDuration> Parser::offset_duration() {
  const auto begin = peek().begin;
  const bool negative = peek().is("-");
  if (negative || peek().is("+")) take();
  SLUICE_TRY(auto expr, duration_atom("offset", "number or duration"));
  if (negative) expr = duration_node('n', std::move(expr));
  return settled(std::move(expr), begin);
}

Result<DurationExprPtr> Parser::duration_sum(std::string_view context,
                                             std::string_view expected) {
  SLUICE_CHECK(enter());
  SLUICE_TRY(auto lhs, duration_product(context, expected));
  while (peek().is("+") || peek().is("-")) {
    if (++operators_ > max_operators) return too_many_operators();
    const char op = take().text.front();
    SLUICE_TRY(auto rhs, duration_product(context, expected));
    lhs = duration_node(op, std::move(lhs), std::move(rhs));
  }
  --depth_;
  return lhs;
}

Result<DurationExprPtr> Parser::duration_product(std::string_view context,
                                                 std::string_view expected) {
  SLUICE_TRY(auto lhs, duration_factor(context, expected));
  while (peek().is("*") || peek().is("/") || peek().is("%")) {
    if (++operators_ > max_operators) return too_many_operators();
    const char op = take().text.front();
    SLUICE_TRY(auto rhs, duration_factor(context, expected));
    lhs = duration_node(op, std::move(lhs), std::move(rhs));
  }
  return lhs;
}

// A sign binds weaker than ^: -2 ^ 2 is -4.
Result<DurationExprPtr> Parser::duration_factor(std::string_view context,
                                                std::string_view expected) {
  if (!peek().is("-") && !peek().is("+")) return duration_power(context, expected);
  SLUICE_CHECK(enter());
  const bool negative = take().is("-");
  SLUICE_TRY(auto operand, duration_factor(context, expected));
  --depth_;
  return negative ? duration_node('n', std::move(operand)) : operand;
}

Result<DurationExprPtr> Parser::duration_power(std::string_view context,
                                               std::string_view expected) {
  SLUICE_TRY(auto base, duration_atom(context, expected));
  if (!accept("^")) return base;
  SLUICE_CHECK(enter());
  SLUICE_TRY(auto exponent, duration_factor(context, expected));
  --depth_;
  return duration_node('^', std::move(base), std::move(exponent));
}

Result<DurationExprPtr> Parser::duration_atom(std::string_view context,
                                              std::string_view expected) {
  if (accept("(")) {
    SLUICE_TRY(auto inner, duration_sum(context, expected));
    if (!accept(")")) return unexpected(context, "\")\"");
    return inner;
  }
  if (peek().kind == TokenKind::identifier && peek(1).is("("))
    return duration_call(context, expected);
  SLUICE_TRY(const double seconds, literal_seconds(context, expected));
  return std::make_shared<const DurationExpr>(DurationExpr{'=', seconds});
}

// step(), range(), min(a, b), max(a, b)
Result<DurationExprPtr> Parser::duration_call(std::string_view context,
                                              std::string_view expected) {
  const std::string name = lower_case(peek().text);
  const bool nullary = name == "step" || name == "range";
  if (!nullary && name != "min" && name != "max") return unexpected(context, expected);
  take();
  take();
  DurationExprPtr call;
  if (nullary) {
    call = duration_node(name.front(), nullptr);
  } else {
    SLUICE_TRY(auto a, duration_sum(context, expected));
    if (!accept(",")) return unexpected(context, "\",\"");
    SLUICE_TRY(auto b, duration_sum(context, expected));
    call = duration_node(name == "min" ? 'm' : 'M', std::move(a), std::move(b));
  }
  if (!accept(")")) return unexpected(context, "\")\"");
  return call;
}

}  // namespace sluice::query::promql
