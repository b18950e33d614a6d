#include "query/engine/binary.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::query {

bool is_comparison(BinaryOp op) {
  switch (op) {
    case BinaryOp::eq:
    case BinaryOp::ne:
    case BinaryOp::gt:
    case BinaryOp::lt:
    case BinaryOp::ge:
    case BinaryOp::le: return true;
    default: return false;
  }
}

bool is_set_operator(BinaryOp op) {
  return op == BinaryOp::and_ || op == BinaryOp::or_ || op == BinaryOp::unless;
}

bool is_trim(BinaryOp op) {
  return op == BinaryOp::trim_upper || op == BinaryOp::trim_lower;
}

bool Arithmetic::compare(double a, double b) const {
  switch (op) {
    case BinaryOp::eq: return a == b;
    case BinaryOp::ne: return a != b;
    case BinaryOp::gt: return a > b;
    case BinaryOp::lt: return a < b;
    case BinaryOp::ge: return a >= b;
    case BinaryOp::le: return a <= b;
    default: return false;
  }
}

double Arithmetic::apply(double a, double b) const {
  if (is_comparison(op)) {
    const bool holds = compare(a, b);
    if (return_bool) return holds ? 1 : 0;
    return holds ? a : absent_value;
  }
  if (zero_division_is_nan && b == 0 && (op == BinaryOp::div || op == BinaryOp::mod))
    return std::numeric_limits<double>::quiet_NaN();
  switch (op) {
    case BinaryOp::add: return a + b;
    case BinaryOp::sub: return a - b;
    case BinaryOp::mul: return a * b;
    case BinaryOp::div: return a / b;
    case BinaryOp::mod: return std::fmod(a, b);
    case BinaryOp::pow: return std::pow(a, b);
    case BinaryOp::atan2: return std::atan2(a, b);
    default: return std::numeric_limits<double>::quiet_NaN();
  }
}

namespace {

ScalarColumn combine_scalars(Arithmetic arithmetic, ScalarColumn lhs, const ScalarColumn& rhs) {
  // Two scalars cannot filter each other: PromQL demands `bool` and LogQL means it.
  arithmetic.return_bool = true;
  for (std::size_t i = 0; i < lhs.size(); ++i) lhs[i] = arithmetic.apply(lhs[i], rhs[i]);
  return lhs;
}

// A comparison keeps the vector's value, on whichever side the vector stands.
double apply_to_element(const Arithmetic& arithmetic, double element, double scalar,
                        bool scalar_left) {
  const double a = scalar_left ? scalar : element;
  const double b = scalar_left ? element : scalar;
  if (is_comparison(arithmetic.op) && !arithmetic.return_bool)
    return arithmetic.compare(a, b) ? element : absent_value;
  return arithmetic.apply(a, b);
}

// Histograms among the elements; the others are done, unless the operator only knows histograms.
void combine_histograms(const Arithmetic& arithmetic, GridSeries& series,
                        const ScalarColumn& scalar, bool scalar_left, HistogramArithmetic& notes) {
  const HistogramList elements = std::move(series.histograms);
  series.histograms.clear();
  for (std::size_t i = 0; i < scalar.size(); ++i) {
    if (is_absent(series.values[i])) continue;
    if (is_number(series.values[i]) && !is_trim(arithmetic.op)) continue;
    const Operand element = is_number(series.values[i])
                                ? Operand{series.values[i]}
                                : Operand{0, elements[histogram_place(series.values[i])].get()};
    const Operand number{scalar[i]};
    series.values[i] = scalar_left
                           ? apply_to_histograms(arithmetic, number, element, series, notes)
                           : apply_to_histograms(arithmetic, element, number, series, notes);
  }
}

void combine_series(const Evaluator& evaluator, const Arithmetic& arithmetic, GridSeries& series,
                    const ScalarColumn& scalar, bool scalar_left, HistogramArithmetic& notes) {
  for (std::size_t i = 0; i < scalar.size(); ++i)
    if (double& v = series.values[i]; is_number(v) && !is_trim(arithmetic.op))
      v = apply_to_element(arithmetic, v, scalar[i], scalar_left);
  if (!series.histograms.empty() || is_trim(arithmetic.op))
    combine_histograms(arithmetic, series, scalar, scalar_left, notes);
  if (arithmetic.drops_name()) evaluator.drop_name(series);
}

Result<GridVector> combine_with_scalar(const Evaluator& evaluator, const Arithmetic& arithmetic,
                                       GridVector vector, const ScalarColumn& scalar,
                                       bool scalar_left, HistogramArithmetic& notes) {
  for (GridSeries& series : vector)
    combine_series(evaluator, arithmetic, series, scalar, scalar_left, notes);
  drop_empty(vector);
  if (arithmetic.drops_name()) SLUICE_CHECK(merge_same_labels(vector));
  return vector;
}

Result<EvalValue> as_value(Result<GridVector> vector) {
  if (!vector) return std::move(vector).error();
  return EvalValue{std::move(*vector)};
}

}  // namespace

namespace {

Result<EvalValue> eval_sides(Evaluator& evaluator, const Binary& binary, const StepGrid& grid,
                             HistogramArithmetic& notes) {
  SLUICE_TRY(auto lhs, evaluator.eval(*binary.lhs, grid));
  SLUICE_TRY(auto rhs, evaluator.eval(*binary.rhs, grid));
  const bool logs = binary.logql || reads_logs(*binary.lhs) || reads_logs(*binary.rhs);
  const Arithmetic arithmetic{binary.op, binary.return_bool, logs};
  auto* left_vector = std::get_if<GridVector>(&lhs);
  auto* right_vector = std::get_if<GridVector>(&rhs);
  if (left_vector && right_vector) {
    if (is_set_operator(binary.op))
      return as_value(combine_sets(binary.op, binary.matching, std::move(*left_vector),
                                   std::move(*right_vector)));
    return as_value(
        match_vectors(arithmetic, binary.matching, *left_vector, *right_vector, notes, evaluator));
  }
  auto* left_scalar = std::get_if<ScalarColumn>(&lhs);
  auto* right_scalar = std::get_if<ScalarColumn>(&rhs);
  if (left_vector && right_scalar)
    return as_value(combine_with_scalar(evaluator, arithmetic, std::move(*left_vector),
                                        *right_scalar, false, notes));
  if (left_scalar && right_vector)
    return as_value(combine_with_scalar(evaluator, arithmetic, std::move(*right_vector),
                                        *left_scalar, true, notes));
  if (left_scalar && right_scalar && is_trim(binary.op))
    return execution_error("operator \"" + std::string(to_string(binary.op)) +
                           "\" not allowed for Scalar operations");
  if (left_scalar && right_scalar)
    return EvalValue{combine_scalars(arithmetic, std::move(*left_scalar), *right_scalar)};
  return execution_error("binary expression must contain only scalar and instant vector types");
}

}  // namespace

Result<void> stream_with_scalar(Evaluator& evaluator, const Binary& binary, SourceSpan where,
                                const StepGrid& grid, const SeriesSink& sink) {
  const bool scalar_left = binary.lhs->type == ValueType::scalar;
  const Expr& vector = scalar_left ? *binary.rhs : *binary.lhs;
  SLUICE_TRY(const auto scalar,
             evaluator.eval_scalar(scalar_left ? *binary.lhs : *binary.rhs, grid));
  const Arithmetic arithmetic{binary.op, binary.return_bool, binary.logql};
  HistogramArithmetic notes;
  SLUICE_CHECK(evaluator.stream(vector, grid, [&](GridSeries&& series) -> Result<void> {
    combine_series(evaluator, arithmetic, series, scalar, scalar_left, notes);
    if (std::all_of(series.values.begin(), series.values.end(), is_absent)) return {};
    return sink(std::move(series));
  }));
  note_arithmetic(evaluator, notes, where);
  return {};
}

Result<EvalValue> eval_binary(Evaluator& evaluator, const Binary& binary, SourceSpan where,
                              const StepGrid& grid) {
  HistogramArithmetic notes;
  SLUICE_TRY(auto value, eval_sides(evaluator, binary, grid, notes));
  note_arithmetic(evaluator, notes, where);
  return value;
}

}  // namespace sluice::query
