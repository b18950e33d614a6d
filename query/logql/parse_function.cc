// sum by (app) (...), topk(3, ...), sort(...), label_replace(...), vector(1)

#include <algorithm>
#include <array>
#include <cmath>

#include "query/logql/grammar.h"

namespace sluice::query::logql {

namespace {

constexpr std::array<std::string_view, 10> aggregations = {
    "sum", "avg", "min", "max", "count", "stddev", "stdvar", "topk", "bottomk", "approx_topk"};

bool is_aggregation(std::string_view name) {
  return std::find(aggregations.begin(), aggregations.end(), name) != aggregations.end();
}

bool takes_count(std::string_view op) {
  return op == "topk" || op == "bottomk" || op == "approx_topk";
}

Result<ExprPtr> parse_count(TokenStream& in, const std::string& op) {
  const auto begin = in.begin();
  const bool given = in.peek().kind == TokenKind::number && in.peek(1).is(",");
  if (!given) return in.unexpected("how many series, as in " + op + "(3, ...)");
  const Token count = in.next();
  const double k = count.number;
  if (k < 1 || k != std::floor(k))
    return in.error_at(begin, "invalid parameter " + std::string(count.text) + ": " + op +
                                  " needs a whole number greater than 0");
  auto expr = make_expr(NumberLiteral{k}, ValueType::scalar, in.span_from(begin));
  SLUICE_CHECK(in.expect(",", "the number of series"));
  return expr;
}

Result<void> check_vector(const TokenStream& in, const Expr& expr, const std::string& function) {
  if (expr.type == ValueType::instant_vector) return {};
  return in.error_at(expr.span.begin,
                     function + " needs a vector (such as rate(...)), not a scalar");
}

Result<ExprPtr> parse_aggregation(TokenStream& in) {
  const auto begin = in.begin();
  Aggregation out;
  out.op = std::string(in.next().word());
  if (at_grouping(in)) {
    SLUICE_TRY(out.grouping, parse_grouping(in));
  }
  SLUICE_CHECK(in.expect("(", out.op));
  if (takes_count(out.op)) {
    SLUICE_TRY(out.parameter, parse_count(in, out.op));
  }
  SLUICE_TRY(out.expr, parse_metric(in));
  SLUICE_CHECK(check_vector(in, *out.expr, out.op));
  if (in.peek().is(",")) return in.error_here("parameter not supported for operation " + out.op);
  SLUICE_CHECK(in.expect(")", "the argument of " + out.op));
  if (at_grouping(in)) {
    if (out.grouping) return in.error_here(out.op + " has a grouping already, before its argument");
    SLUICE_TRY(out.grouping, parse_grouping(in));
  }
  if (out.grouping && out.op == "approx_topk")
    return in.error_at(begin, "grouping not allowed for approx_topk aggregation; use topk");
  return make_expr(std::move(out), ValueType::instant_vector, in.span_from(begin));
}

Result<ExprPtr> parse_sort(TokenStream& in) {
  const auto begin = in.begin();
  Call call;
  call.function = std::string(in.next().word());
  if (at_grouping(in)) return in.error_here("grouping not allowed for " + call.function);
  SLUICE_CHECK(in.expect("(", call.function));
  SLUICE_TRY(auto argument, parse_metric(in));
  SLUICE_CHECK(check_vector(in, *argument, call.function));
  call.arguments.push_back(std::move(argument));
  SLUICE_CHECK(in.expect(")", "the argument of " + call.function));
  return make_expr(std::move(call), ValueType::instant_vector, in.span_from(begin));
}

Result<ExprPtr> parse_vector(TokenStream& in) {
  const auto begin = in.begin();
  in.next();
  SLUICE_CHECK(in.expect("(", "vector"));
  const auto number_begin = in.begin();
  SLUICE_TRY(const double value, parse_signed_number(in, "a number, as in vector(1)"));
  Call call{"vector", {}};
  call.arguments.push_back(
      make_expr(NumberLiteral{value}, ValueType::scalar, in.span_from(number_begin)));
  SLUICE_CHECK(in.expect(")", "the number"));
  return make_expr(std::move(call), ValueType::instant_vector, in.span_from(begin));
}

Result<ExprPtr> parse_text_argument(TokenStream& in, std::string_view what) {
  SLUICE_CHECK(in.expect(",", "the argument of label_replace"));
  const auto begin = in.begin();
  SLUICE_TRY(auto text, in.expect_string(what));
  return make_expr(StringLiteral{std::move(text)}, ValueType::string, in.span_from(begin));
}

const std::string& text_of(const Call& call, std::size_t i) {
  return std::get<StringLiteral>(call.arguments[i]->node).value;
}

Result<void> check_label_replace(const TokenStream& in, const Call& call) {
  if (!valid_label_name(text_of(call, 1)))
    return in.error_at(
        call.arguments[1]->span.begin,
        "invalid destination label name in label_replace: \"" + text_of(call, 1) + "\"");
  if (auto regex = Regex::compile(text_of(call, 4), Anchor::both); !regex)
    return in.error_at(call.arguments[4]->span.begin, "label_replace: " + regex.error().message);
  return {};
}

Result<ExprPtr> parse_label_replace(TokenStream& in) {
  const auto begin = in.begin();
  Call call{"label_replace", {}};
  in.next();
  SLUICE_CHECK(in.expect("(", "label_replace"));
  SLUICE_TRY(auto vector, parse_metric(in));
  SLUICE_CHECK(check_vector(in, *vector, "label_replace"));
  call.arguments.push_back(std::move(vector));
  for (auto what : {"the destination label, quoted", "the replacement, quoted",
                    "the source label, quoted", "the regex, quoted"}) {
    SLUICE_TRY(auto argument, parse_text_argument(in, what));
    call.arguments.push_back(std::move(argument));
  }
  SLUICE_CHECK(in.expect(")", "the arguments of label_replace"));
  SLUICE_CHECK(check_label_replace(in, call));
  return make_expr(std::move(call), ValueType::instant_vector, in.span_from(begin));
}

}  // namespace

bool is_function(std::string_view name) {
  return is_aggregation(name) || name == "sort" || name == "sort_desc" || name == "vector" ||
         name == "label_replace";
}

Result<ExprPtr> parse_function(TokenStream& in) {
  const auto word = in.peek().word();
  if (is_aggregation(word)) return parse_aggregation(in);
  if (word == "sort" || word == "sort_desc") return parse_sort(in);
  if (word == "vector") return parse_vector(in);
  if (word == "label_replace") return parse_label_replace(in);
  return in.error_here(
      "unknown function \"" + std::string(in.peek().text) +
      "\"; LogQL begins with a selector {app=\"...\"}, a range aggregation such as "
      "rate({...}[5m]) or an aggregation such as sum(...)");
}

}  // namespace sluice::query::logql
