#include "query/promql/parser.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "query/engine/aggregate.h"
#include "query/engine/engine.h"
#include "query/engine/functions.h"

namespace sluice::query {

Result<ExprPtr> parse_promql(std::string_view text) {
  constexpr std::size_t longest = 128 << 10;
  if (text.size() > longest)
    return Error{ErrorCode::parse, "1:1: parse error: query is longer than 128 KiB"};
  SLUICE_TRY(auto expr, promql::Parser(text).parse());
  SLUICE_CHECK(promql::check(*expr, text));
  return expr;
}

}  // namespace sluice::query

namespace sluice::query::promql {

namespace {

constexpr int max_depth = 150;

int precedence(BinaryOp op) {
  switch (op) {
    case BinaryOp::or_: return 1;
    case BinaryOp::and_:
    case BinaryOp::unless: return 2;
    case BinaryOp::eq:
    case BinaryOp::ne:
    case BinaryOp::gt:
    case BinaryOp::lt:
    case BinaryOp::ge:
    case BinaryOp::le:
    case BinaryOp::trim_upper:
    case BinaryOp::trim_lower: return 3;
    case BinaryOp::add:
    case BinaryOp::sub: return 4;
    case BinaryOp::mul:
    case BinaryOp::div:
    case BinaryOp::mod:
    case BinaryOp::atan2: return 5;
    case BinaryOp::pow: return 6;
  }
  return 0;
}
constexpr int unary_precedence = 5;  // -a * b is (-a) * b, and -a ^ b is -(a ^ b)

std::optional<double> parse_integer(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return static_cast<double>(value);
}

std::optional<double> parse_float(std::string_view digits) {
  double value = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size() || ec == std::errc::invalid_argument)
    return std::nullopt;
  if (ec == std::errc::result_out_of_range) {
    // Too small reads as zero; too large is an error, as in Go.
    if (digits.find("e-") != std::string_view::npos) return 0.0;
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  std::string digits = lower_case(text);
  std::erase(digits, '_');
  if (digits == "inf") return std::numeric_limits<double>::infinity();
  if (digits == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (digits.starts_with("0x")) return parse_integer(std::string_view(digits).substr(2), 16);
  if (digits.size() > 1 && digits[0] == '0')
    if (const auto octal = parse_integer(std::string_view(digits).substr(1), 8)) return octal;
  return parse_float(digits);
}

Error parse_error(std::string_view text, std::uint32_t offset, const std::string& message) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    ++column;
    if (text[i] != '\n') continue;
    ++line;
    column = 1;
  }
  return {ErrorCode::parse,
          std::to_string(line) + ":" + std::to_string(column) + ": parse error: " + message};
}

Error Parser::error_at(std::uint32_t offset, const std::string& message) const {
  return parse_error(text_, offset, message);
}

Error Parser::unexpected(std::string_view context, std::string_view expected) const {
  const Token& token = peek();
  if (token.kind == TokenKind::error) return error_at(token.begin, token.text);
  std::string message = "unexpected " + token.describe();
  if (!context.empty()) message.append(" in ").append(context);
  if (!expected.empty()) message.append(", expected ").append(expected);
  return error_at(token.begin, message);
}

const Token& Parser::peek(std::size_t ahead) const {
  return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

const Token& Parser::take() {
  const Token& token = peek();
  if (position_ + 1 < tokens_.size()) ++position_;
  return token;
}

bool Parser::accept(std::string_view punctuation) {
  if (!peek().is(punctuation)) return false;
  take();
  return true;
}

Result<void> Parser::enter() {
  if (++depth_ <= max_depth) return {};
  return error_at(peek().begin, "expression is nested too deeply");
}

Error Parser::too_many_operators() const {
  return error_at(peek().begin, "expression has more than 500 operators");
}

Result<ExprPtr> Parser::parse() {
  if (peek().kind == TokenKind::end) return error_at(0, "no expression found in input");
  SLUICE_TRY(auto expr, expression(1));
  // A right parenthesis too many: the lexer says so right behind it.
  if (peek().is(")") && peek(1).kind == TokenKind::error) take();
  if (peek().kind != TokenKind::end) return unexpected();
  return expr;
}

Result<ExprPtr> Parser::expression(int least_precedence) {
  SLUICE_CHECK(enter());
  SLUICE_TRY(auto lhs, unary());
  while (const auto op = binary_operator()) {
    if (precedence(*op) < least_precedence) break;
    if (++operators_ > max_operators) return too_many_operators();
    SLUICE_TRY(lhs, binary(std::move(lhs), *op));
  }
  --depth_;
  return lhs;
}

// The right side of an operator binds whatever is stronger; ^ also itself (right-associative).
Result<ExprPtr> Parser::binary(ExprPtr lhs, BinaryOp op) {
  take();
  Binary node;
  node.op = op;
  if (peek().is_word("bool")) {
    take();
    node.return_bool = true;
  }
  SLUICE_TRY(node.matching, matching());
  SLUICE_TRY(node.rhs, expression(precedence(op) + (op == BinaryOp::pow ? 0 : 1)));
  const bool scalars = lhs->type == ValueType::scalar && node.rhs->type == ValueType::scalar;
  const auto begin = lhs->span.begin;
  const auto end = node.rhs->span.end;
  node.lhs = std::move(lhs);
  return make_expr(std::move(node), scalars ? ValueType::scalar : ValueType::instant_vector, begin,
                   end);
}

Result<ExprPtr> Parser::unary() {
  if (!peek().is("-") && !peek().is("+")) return postfix();
  const auto begin = peek().begin;
  const bool negative = take().is("-");
  SLUICE_TRY(auto operand, expression(unary_precedence + 1));
  const auto end = operand->span.end;
  if (auto* number = std::get_if<NumberLiteral>(&operand->node)) {
    if (negative) number->value = -number->value;
    operand->span.begin = begin;
    return operand;
  }
  const ValueType type = operand->type;
  return make_expr(Unary{negative, std::move(operand)}, type, begin, end);
}

Result<ExprPtr> Parser::postfix() {
  SLUICE_TRY(auto expr, primary());
  int wrapped = 0;
  while (true) {
    if (peek().is("[")) {
      if (++wrapped > max_depth) return error_at(peek().begin, "expression is nested too deeply");
      SLUICE_TRY(expr, range_or_subquery(std::move(expr)));
    } else if (peek().is_word("offset")) {
      SLUICE_CHECK(offset(*expr));
    } else if (peek().is_word("anchored") || peek().is_word("smoothed")) {
      SLUICE_CHECK(extension(*expr));
    } else if (peek().is("@")) {
      SLUICE_CHECK(at(*expr));
    } else {
      return expr;
    }
  }
}

Result<ExprPtr> Parser::primary() {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::number:
    case TokenKind::duration: return number();
    case TokenKind::string: return string();
    case TokenKind::identifier: return word();
    case TokenKind::metric_identifier: return selector(&take());
    default: break;
  }
  if (token.is("(")) return paren();
  if (token.is("{")) return selector(nullptr);
  return unexpected();
}

Result<ExprPtr> Parser::paren() {
  const auto begin = take().begin;
  SLUICE_TRY(auto inner, expression(1));
  if (!accept(")")) return unexpected();
  const ValueType type = inner->type;
  return make_expr(Paren{std::move(inner)}, type, begin, last_end());
}

Result<ExprPtr> Parser::number() {
  const Token& token = take();
  if (token.kind == TokenKind::duration) {
    auto length = parse_prometheus_duration(token.text);
    if (!length) return error_at(token.begin, std::move(length).error().message);
    const double seconds = static_cast<double>(length->count()) / 1e9;
    return make_expr(NumberLiteral{seconds}, ValueType::scalar, token.begin, token.end);
  }
  const auto value = parse_number(token.text);
  if (!value) return error_at(token.begin, "error parsing number: \"" + token.text + "\"");
  return make_expr(NumberLiteral{*value}, ValueType::scalar, token.begin, token.end);
}

Result<ExprPtr> Parser::string() {
  const Token& token = take();
  std::string_view rest = token.text;
  SLUICE_TRY(auto value, unquote_front(rest));
  return make_expr(StringLiteral{std::move(value)}, ValueType::string, token.begin, token.end);
}

// A word begins an aggregation, a call, a number (Inf, NaN) or a selector, by what follows it.
Result<ExprPtr> Parser::word() {
  const Token& token = take();
  const std::string lower = lower_case(token.text);
  const bool opens = peek().is("(");
  if (is_aggregation(lower) && lower != "sort" && lower != "sort_desc" &&
      (opens || peek().is_word("by") || peek().is_word("without")))
    return aggregation(token);
  if (opens) return call(token);
  if (lower == "inf" || lower == "nan")
    return make_expr(NumberLiteral{*parse_number(lower)}, ValueType::scalar, token.begin,
                     token.end);
  return selector(&token);
}

Result<std::vector<ExprPtr>> Parser::arguments() {
  std::vector<ExprPtr> list;
  if (!accept("(")) return unexpected();
  while (!accept(")")) {
    SLUICE_TRY(auto argument, expression(1));
    list.push_back(std::move(argument));
    if (accept(",")) {
      if (peek().is(")"))
        return error_at(peek().begin, "trailing commas not allowed in function call args");
    } else if (!peek().is(")")) {
      return unexpected();
    }
  }
  return list;
}

Result<ExprPtr> Parser::call(const Token& name) {
  const Function* function = find_function(name.text);
  if (!function) {
    std::string message = "unknown function with name ";
    append_quoted(message, name.text);
    return error_at(name.begin, message);
  }
  SLUICE_TRY(auto list, arguments());
  return make_expr(Call{name.text, std::move(list)}, function->returns, name.begin, last_end());
}

}  // namespace sluice::query::promql
