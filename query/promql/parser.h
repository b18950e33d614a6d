// Parser of PromQL: recursive descent over the tokens, precedence climbing for operators.
//
// Grammar and precedences are those of Prometheus 3. Errors read "line:col: parse error: ..." in
// its words. Nesting and the number of operators are bounded, so that no query exhausts the stack
// of whoever walks its tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/ast/expr.h"
#include "query/promql/lexer.h"

namespace sluice::query::promql {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(tokenize(text)) {}
  Result<ExprPtr> parse();

 private:
  // parser.cc: expressions.
  Result<ExprPtr> expression(int least_precedence);
  Result<ExprPtr> unary();
  Result<ExprPtr> postfix();
  Result<ExprPtr> primary();
  Result<ExprPtr> paren();
  Result<ExprPtr> number();
  Result<ExprPtr> string();
  Result<ExprPtr> word();
  Result<std::vector<ExprPtr>> arguments();
  Result<ExprPtr> call(const Token& name);

  // parser_operators.cc: binary operators and aggregations.
  std::optional<BinaryOp> binary_operator() const;
  Result<ExprPtr> binary(ExprPtr lhs, BinaryOp op);
  Result<VectorMatching> matching();
  Result<VectorMatching> matched_labels();
  Result<double> signed_number();
  Result<void> fills(VectorMatching& matching);
  Result<std::vector<std::string>> grouping_labels();
  Result<ExprPtr> aggregation(const Token& name);
  Result<std::optional<Grouping>> grouping();

  // parser_selector.cc: selectors, ranges, offset and @.
  Result<ExprPtr> selector(const Token* name);
  Result<void> matchers(VectorSelector& selector);
  Result<void> matcher(VectorSelector& selector);
  Result<ExprPtr> range_or_subquery(ExprPtr expr);
  Result<ExprPtr> subquery(ExprPtr expr, QueryDuration range);

  // parser_duration.cc: duration expressions.
  Result<QueryDuration> positive_duration(std::string_view context, std::string_view expected);
  Result<QueryDuration> offset_duration();
  Result<QueryDuration> settled(DurationExprPtr expr, std::uint32_t begin) const;
  Result<DurationExprPtr> duration_sum(std::string_view context, std::string_view expected);
  Result<DurationExprPtr> duration_product(std::string_view context, std::string_view expected);
  Result<DurationExprPtr> duration_factor(std::string_view context, std::string_view expected);
  Result<DurationExprPtr> duration_power(std::string_view context, std::string_view expected);
  Result<DurationExprPtr> duration_atom(std::string_view context, std::string_view expected);
  Result<DurationExprPtr> duration_call(std::string_view context, std::string_view expected);
  Result<double> literal_seconds(std::string_view context, std::string_view expected);

  Result<void> offset(Expr& expr);
  Result<void> extension(Expr& expr);
  Result<void> at(Expr& expr);
  Result<AtModifier> at_time();

  // Tokens.
  const Token& peek(std::size_t ahead = 0) const;
  const Token& take();
  bool accept(std::string_view punctuation);
  std::uint32_t last_end() const { return position_ == 0 ? 0 : tokens_[position_ - 1].end; }

  // Errors.
  Error error_at(std::uint32_t offset, const std::string& message) const;
  Error unexpected(std::string_view context = {}, std::string_view expected = {}) const;
  Result<void> enter();  // one level deeper
  Error too_many_operators() const;
  static constexpr int max_operators = 500;

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
  int depth_ = 0;
  int operators_ = 0;
};

// "2:7: parse error: message" for a byte offset of the text.
Error parse_error(std::string_view text, std::uint32_t offset, const std::string& message);

// What the grammar cannot say: types of operands and arguments, matchers that select everything.
Result<void> check(const Expr& expr, std::string_view text);

template <class Node>
ExprPtr make_expr(Node node, ValueType type, std::uint32_t begin, std::uint32_t end) {
  auto expr = std::make_unique<Expr>();
  expr->node = std::move(node);
  expr->type = type;
  expr->span = {begin, end};
  return expr;
}

// A number as PromQL writes it (decimal, 0x, 0b, leading-zero octal, exponent, Inf, NaN).
std::optional<double> parse_number(std::string_view text);

}  // namespace sluice::query::promql
