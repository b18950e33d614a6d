// Checks of a parsed tree: types of operands and arguments, selectors that would select everything.
#include <algorithm>

#include "query/engine/aggregate.h"
#include "query/engine/binary.h"
#include "query/engine/functions.h"
#include "query/promql/parser.h"

namespace sluice::query::promql {

namespace {

std::string in_quotes(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

bool number_like(ValueType type) {
  return type == ValueType::scalar || type == ValueType::instant_vector;
}

class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  Result<void> check(const Expr& expr) {
    return std::visit([&](const auto& node) { return check_node(node, expr); }, expr.node);
  }

 private:
  Error at(const Expr& expr, const std::string& message) const {
    return parse_error(text_, expr.span.begin, message);
  }

  Result<void> expect(const Expr& expr, ValueType wanted, const std::string& context) {
    SLUICE_CHECK(check(expr));
    if (expr.type == wanted) return {};
    return at(expr, "expected type " + std::string(type_name(wanted)) + " in " + context +
                        ", got " + std::string(type_name(expr.type)));
  }

  // Leaves and what needs nothing.
  template <class Node>
  Result<void> check_node(const Node&, const Expr&) {
    return {};
  }

  Result<void> check_node(const VectorSelector& selector, const Expr& expr) {
    const bool selective =
        std::any_of(selector.matchers.begin(), selector.matchers.end(),
                    [](const LabelMatcher& matcher) { return !matcher.matches_empty(); });
    if (selective) return {};
    return at(expr, "vector selector must contain at least one non-empty matcher");
  }
  Result<void> check_node(const MatrixSelector& matrix, const Expr& expr) {
    if (matrix.selector.extension != Extension::none)
      return at(expr, extension_refused(matrix.selector.extension, "other functions"));
    return check_node(matrix.selector, expr);
  }
  Result<void> check_node(const Paren& paren, const Expr&) { return check(*paren.expr); }

  Result<void> check_node(const Subquery& subquery, const Expr& expr) {
    SLUICE_CHECK(check(*subquery.expr));
    if (subquery.expr->type == ValueType::instant_vector) return {};
    return at(expr, "subquery is only allowed on instant vector, got " +
                        std::string(short_type(subquery.expr->type)) + " instead");
  }
  static std::string_view short_type(ValueType type) {
    return type == ValueType::range_vector ? "matrix" : type_name(type);
  }

  Result<void> check_node(const Unary& unary, const Expr& expr) {
    SLUICE_CHECK(check(*unary.expr));
    if (number_like(unary.expr->type)) return {};
    return at(expr,
              "unary expression only allowed on expressions of type scalar or instant "
              "vector, got " +
                  in_quotes(type_name(unary.expr->type)));
  }

  Result<void> check_node(const Aggregation& aggregation, const Expr&) {
    SLUICE_CHECK(expect(*aggregation.expr, ValueType::instant_vector, "aggregation expression"));
    const auto wanted = aggregation_parameter(aggregation.op);
    if (!wanted) return {};
    return expect(*aggregation.parameter, *wanted, "aggregation parameter");
  }

  static std::string extension_refused(Extension extension, std::string_view what) {
    const bool smoothed = extension == Extension::smoothed;
    return std::string(to_string(extension)) + " modifier can only be used with: " +
           (smoothed ? "delta, increase, rate" : "changes, delta, increase, rate, resets") +
           " - not with " + std::string(what);
  }
  // Null, or the selector of an argument whose modifier the function knows.
  Result<const MatrixSelector*> extended(const Expr& argument, const Function& function) const {
    const MatrixSelector* none = nullptr;
    const auto* matrix = std::get_if<MatrixSelector>(&strip_parens(argument).node);
    if (!matrix || matrix->selector.extension == Extension::none) return none;
    const bool smoothed = matrix->selector.extension == Extension::smoothed;
    if (!function.extended || (smoothed && !function.smoothed))
      return at(argument, extension_refused(matrix->selector.extension, function.name));
    return matrix;
  }

  Result<void> check_node(const Call& call, const Expr& expr) {
    const Function& function = *find_function(call.function);
    SLUICE_CHECK(check_count(call, function, expr));
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      const std::size_t wanted = std::min(i, function.arguments.size() - 1);
      if (call.function == "info" && i == 1) {
        SLUICE_CHECK(check_info_selector(*call.arguments[i]));
        continue;
      }
      SLUICE_TRY(const MatrixSelector* matrix, extended(*call.arguments[i], function));
      if (matrix) {
        SLUICE_CHECK(check_node(matrix->selector, *call.arguments[i]));
        continue;
      }
      SLUICE_CHECK(expect(*call.arguments[i], function.arguments[wanted],
                          "call to function " + in_quotes(call.function)));
    }
    return {};
  }

  // Which labels of info series are wanted; it may select everything, as names decide.
  Result<void> check_info_selector(const Expr& expr) const {
    const auto* selector = std::get_if<VectorSelector>(&expr.node);
    if (selector && selector->name.empty() && selector->offset.zero() && !selector->at) return {};
    return at(expr, "expected label selectors only in call to function \"info\"");
  }

  Result<void> check_count(const Call& call, const Function& function, const Expr& expr) const {
    const std::size_t given = call.arguments.size();
    const std::size_t listed = function.arguments.size();
    const auto wrong = [&](const std::string& how, std::size_t count) {
      return at(expr, "expected " + how + std::to_string(count) + " argument(s) in call to " +
                          in_quotes(call.function) + ", got " + std::to_string(given));
    };
    if (function.variadic == 0) {
      if (given != listed) return wrong("", listed);
      return {};
    }
    if (given + 1 < listed) return wrong("at least ", listed - 1);
    const auto most = listed - 1 + static_cast<std::size_t>(std::max(0, function.variadic));
    if (function.variadic > 0 && given > most) return wrong("at most ", most);
    return {};
  }

  Result<void> check_node(const Binary& binary, const Expr& expr) {
    SLUICE_CHECK(check(*binary.lhs));
    SLUICE_CHECK(check(*binary.rhs));
    SLUICE_CHECK(check_operands(binary));
    SLUICE_CHECK(check_matching_labels(binary));
    const bool vectors = binary.lhs->type == ValueType::instant_vector &&
                         binary.rhs->type == ValueType::instant_vector;
    const std::string op = in_quotes(to_string(binary.op));
    if (!vectors && !binary.matching.labels.empty())
      return at(expr, "vector matching only allowed between instant vectors");
    const bool filled = binary.matching.fill_left || binary.matching.fill_right;
    if (filled && (!vectors || is_set_operator(binary.op)))
      return at(expr,
                "filling in missing series only allowed between instant vectors and not for "
                "set operators");
    if (vectors && is_set_operator(binary.op) &&
        binary.matching.card != VectorMatching::Card::one_to_one)
      return at(expr, "no grouping allowed for " + op + " operation");
    if (!vectors && is_set_operator(binary.op))
      return at(expr, "set operator " + op + " not allowed in binary scalar expression");
    return {};
  }

  Result<void> check_operands(const Binary& binary) const {
    const bool comparison = is_comparison(binary.op);
    if (binary.return_bool && !comparison)
      return operator_error(binary, "bool modifier can only be used on comparison operators");
    if (comparison && !binary.return_bool && binary.lhs->type == ValueType::scalar &&
        binary.rhs->type == ValueType::scalar)
      return operator_error(binary, "comparisons between scalars must use BOOL modifier");
    for (const Expr* side : {binary.lhs.get(), binary.rhs.get()})
      if (!number_like(side->type))
        return at(*side, "binary expression must contain only scalar and instant vector types");
    return {};
  }

  Result<void> check_matching_labels(const Binary& binary) const {
    if (!binary.matching.on) return {};
    for (const std::string& name : binary.matching.labels)
      if (std::find(binary.matching.include.begin(), binary.matching.include.end(), name) !=
          binary.matching.include.end())
        return operator_error(
            binary, "label " + in_quotes(name) + " must not occur in ON and GROUP clause at once");
    return {};
  }

  // Points at the operator, which stands after the left side and blanks.
  Error operator_error(const Binary& binary, const std::string& message) const {
    std::size_t offset = binary.lhs->span.end;
    while (offset < text_.size() && (text_[offset] == ' ' || text_[offset] == '\n' ||
                                     text_[offset] == '\t' || text_[offset] == '\r'))
      ++offset;
    return parse_error(text_, static_cast<std::uint32_t>(offset), message);
  }

  std::string_view text_;
};

}  // namespace

Result<void> check(const Expr& expr, std::string_view text) {
  return Checker(text).check(expr);
}

}  // namespace sluice::query::promql
