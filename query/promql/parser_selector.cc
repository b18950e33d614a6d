// Selectors with their matchers, ranges and subqueries, and the modifiers offset and @.
#include <cmath>

#include "query/promql/parser.h"

namespace sluice::query::promql {

namespace {

std::optional<MatchOp> match_operator(const Token& token) {
  if (token.is("=")) return MatchOp::equal;
  if (token.is("!=")) return MatchOp::not_equal;
  if (token.is("=~")) return MatchOp::regex;
  if (token.is("!~")) return MatchOp::not_regex;
  return std::nullopt;
}

// Where the modifiers of an expression are kept; null if it takes none.
struct Modifiers {
  QueryDuration* offset = nullptr;
  std::optional<AtModifier>* at = nullptr;
};

Modifiers modifiers_of(Expr& expr) {
  if (auto* selector = std::get_if<VectorSelector>(&expr.node))
    return {&selector->offset, &selector->at};
  if (auto* matrix = std::get_if<MatrixSelector>(&expr.node))
    return {&matrix->selector.offset, &matrix->selector.at};
  if (auto* subquery = std::get_if<Subquery>(&expr.node)) return {&subquery->offset, &subquery->at};
  return {};
}

constexpr std::string_view after_selector =
    " modifier must be preceded by an instant vector selector or range vector selector or a "
    "subquery";

}  // namespace

Result<ExprPtr> Parser::selector(const Token* name) {
  VectorSelector node;
  const auto begin = name ? name->begin : peek().begin;
  if (name) node.name = name->text;
  if (accept("{")) SLUICE_CHECK(matchers(node));
  if (name) {
    for (const LabelMatcher& matcher : node.matchers) {
      if (matcher.name() != metric_name_label) continue;
      std::string message = "metric name must not be set twice: ";
      append_quoted(message, node.name);
      message += " or ";
      append_quoted(message, matcher.value());
      return error_at(begin, message);
    }
    SLUICE_TRY(auto matcher,
               LabelMatcher::make(std::string(metric_name_label), MatchOp::equal, node.name));
    node.matchers.push_back(std::move(matcher));
  }
  return make_expr(std::move(node), ValueType::instant_vector, begin, last_end());
}

Result<void> Parser::matchers(VectorSelector& selector) {
  while (!accept("}")) {
    SLUICE_CHECK(matcher(selector));
    if (!accept(",") && !peek().is("}")) return unexpected("label matching", "\",\" or \"}\"");
  }
  return {};
}

// name op "value", or "quoted name" op "value", or just "metric name".
Result<void> Parser::matcher(VectorSelector& selector) {
  const Token& token = peek();
  const bool quoted = token.kind == TokenKind::string;
  if (!quoted && token.kind != TokenKind::identifier)
    return unexpected("label matching", "identifier or \"}\"");
  std::string name = take().text;
  if (quoted) {
    std::string_view rest = token.text;
    SLUICE_TRY(name, unquote_front(rest));
  }
  const auto op = match_operator(peek());
  if (!op && quoted && (peek().is(",") || peek().is("}"))) {
    SLUICE_TRY(auto named,
               LabelMatcher::make(std::string(metric_name_label), MatchOp::equal, std::move(name)));
    selector.matchers.push_back(std::move(named));
    return {};
  }
  if (!op) return unexpected("label matching", "label matching operator");
  take();
  if (peek().kind != TokenKind::string) return unexpected("label matching", "string");
  const Token& value = take();
  std::string_view rest = value.text;
  SLUICE_TRY(auto text, unquote_front(rest));
  auto made = LabelMatcher::make(std::move(name), *op, std::move(text));
  if (!made) return error_at(token.begin, std::move(made).error().message);
  selector.matchers.push_back(std::move(*made));
  return {};
}

Result<ExprPtr> Parser::range_or_subquery(ExprPtr expr) {
  const auto bracket = take().begin;
  SLUICE_TRY(QueryDuration range,
             positive_duration("subquery or range selector", "number or duration"));
  if (accept(":")) return subquery(std::move(expr), std::move(range));
  if (!accept("]")) return unexpected("subquery or range", "\":\" or \"]\"");
  auto* selector = std::get_if<VectorSelector>(&expr->node);
  if (!selector) return error_at(bracket, "ranges only allowed for vector selectors");
  if (selector->extension != Extension::none)
    return error_at(bracket, "no smoothed modifiers allowed before range");
  if (!selector->offset.zero())
    return error_at(bracket, "no offset modifiers allowed before range");
  if (selector->at) return error_at(bracket, "no @ modifiers allowed before range");
  const auto begin = expr->span.begin;
  return make_expr(MatrixSelector{std::move(*selector), std::move(range)}, ValueType::range_vector,
                   begin, last_end());
}

Result<ExprPtr> Parser::subquery(ExprPtr expr, QueryDuration range) {
  Subquery node;
  node.range = std::move(range);
  if (!peek().is("]")) {
    SLUICE_TRY(node.step, positive_duration("subquery selector", "number, duration or \"]\""));
  }
  if (!accept("]")) return unexpected("subquery selector", "\"]\"");
  const auto begin = expr->span.begin;
  node.expr = std::move(expr);
  return make_expr(std::move(node), ValueType::range_vector, begin, last_end());
}

Result<void> Parser::offset(Expr& expr) {
  const auto begin = take().begin;
  SLUICE_TRY(QueryDuration length, offset_duration());
  const Modifiers modifiers = modifiers_of(expr);
  if (!modifiers.offset) return error_at(begin, "offset" + std::string(after_selector));
  if (!modifiers.offset->zero()) return error_at(begin, "offset may not be set multiple times");
  *modifiers.offset = std::move(length);
  expr.span.end = last_end();
  return {};
}

// metric[5m] anchored, metric[5m] smoothed, metric smoothed
Result<void> Parser::extension(Expr& expr) {
  const Token& word = take();
  const bool smoothed = word.is_word("smoothed");
  auto* matrix = std::get_if<MatrixSelector>(&expr.node);
  auto* selector = matrix ? &matrix->selector : std::get_if<VectorSelector>(&expr.node);
  if (!selector || (!matrix && !smoothed))
    return error_at(word.begin, lower_case(word.text) + " modifier must be preceded by " +
                                    (smoothed ? "an instant vector selector or " : "") +
                                    "a range vector selector");
  if (selector->extension != Extension::none)
    return error_at(word.begin, "anchored and smoothed modifiers may not be set multiple times");
  selector->extension = smoothed ? Extension::smoothed : Extension::anchored;
  expr.span.end = last_end();
  return {};
}

Result<void> Parser::at(Expr& expr) {
  const auto begin = take().begin;
  SLUICE_TRY(const AtModifier time, at_time());
  const Modifiers modifiers = modifiers_of(expr);
  if (!modifiers.at) return error_at(begin, "@" + std::string(after_selector));
  if (*modifiers.at) return error_at(begin, "@ <timestamp> may not be set multiple times");
  *modifiers.at = time;
  expr.span.end = last_end();
  return {};
}

Result<AtModifier> Parser::at_time() {
  for (const bool start : {true, false}) {
    if (!peek().is_word(start ? "start" : "end")) continue;
    take();
    if (!accept("(") || !accept(")")) return unexpected("@", "timestamp");
    return AtModifier{start ? AtModifier::Kind::start : AtModifier::Kind::end, 0};
  }
  const bool negative = peek().is("-");
  if (negative || peek().is("+")) take();
  const Token& token = peek();
  std::optional<double> seconds;
  if (token.kind == TokenKind::number || token.is_word("inf") || token.is_word("nan"))
    seconds = parse_number(take().text);
  if (token.kind == TokenKind::duration) {
    SLUICE_TRY(seconds, literal_seconds("@", "timestamp"));
  }
  if (!seconds) return unexpected("@", "timestamp");
  // Beyond this, arithmetic on milliseconds would leave int64.
  if (!(std::fabs(*seconds) < 9.2e15))
    return error_at(token.begin, "timestamp out of bounds for @ modifier: " + token.text);
  const auto ms = std::llround(*seconds * 1000);
  return AtModifier{AtModifier::Kind::time, negative ? -ms : ms};
}

}  // namespace sluice::query::promql
