#include "query/ast/duration_expr.h"

#include <algorithm>
#include <cmath>

#include "base/codec/json_writer.h"

namespace sluice::query {

namespace {

bool is_leaf(char op) { return op == '=' || op == 's' || op == 'r'; }

Result<double> combine_seconds(char op, double a, double b) {
  switch (op) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '^': return std::pow(a, b);
    case 'm': return std::min(a, b);
    case 'M': return std::max(a, b);
    case '/':
      if (b == 0) return invalid_argument("division by zero");
      return a / b;
    case '%':
      if (b == 0) return invalid_argument("modulo by zero");
      return std::fmod(a, b);
    default: return invalid_argument("unknown operator in a duration expression");
  }
}

}  // namespace

Result<double> evaluate(const DurationExpr& expr, const QueryRun& run) {
  if (expr.op == '=') return expr.seconds;
  if (expr.op == 's') return run.step_seconds;
  if (expr.op == 'r') return run.range_seconds;
  SLUICE_TRY(const double a, evaluate(*expr.lhs, run));
  if (expr.op == 'n') return -a;
  SLUICE_TRY(const double b, evaluate(*expr.rhs, run));
  return combine_seconds(expr.op, a, b);
}

bool depends_on_run(const DurationExpr& expr) {
  if (is_leaf(expr.op)) return expr.op != '=';
  return depends_on_run(*expr.lhs) || (expr.rhs && depends_on_run(*expr.rhs));
}

std::string to_string(const DurationExpr& expr) {
  switch (expr.op) {
    case '=': return format_sample_value(expr.seconds);
    case 's': return "step()";
    case 'r': return "range()";
    case 'n': return "-(" + to_string(*expr.lhs) + ")";
    case 'm': return "min(" + to_string(*expr.lhs) + ", " + to_string(*expr.rhs) + ")";
    case 'M': return "max(" + to_string(*expr.lhs) + ", " + to_string(*expr.rhs) + ")";
    default:
      return "(" + to_string(*expr.lhs) + " " + expr.op + " " + to_string(*expr.rhs) + ")";
  }
}

Result<Duration> to_duration(double seconds) {
  if (!(std::fabs(seconds) * 1e9 < 9.2e18)) return invalid_argument("duration out of range");
  return Duration{std::chrono::milliseconds{std::llround(seconds * 1000)}};
}

Result<Duration> QueryDuration::resolve(const QueryRun& run) const {
  if (!expr) return fixed;
  SLUICE_TRY(const double seconds, evaluate(*expr, run));
  return to_duration(seconds);
}

}  // namespace sluice::query
