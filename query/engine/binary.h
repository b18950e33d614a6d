// Binary operators: arithmetic, comparison, set operators, and the matching of two vectors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/engine/evaluator.h"
#include "query/engine/histogram_ops.h"

namespace sluice::query {

bool is_comparison(BinaryOp op);
bool is_set_operator(BinaryOp op);
bool is_trim(BinaryOp op);

Result<EvalValue> eval_binary(Evaluator& evaluator, const Binary& binary, SourceSpan where,
                              const StepGrid& grid);

// Of a vector of samples and a scalar, in PromQL, its series handed on one by one (labels not yet
// made unique).
Result<void> stream_with_scalar(Evaluator& evaluator, const Binary& binary, SourceSpan where,
                                const StepGrid& grid, const SeriesSink& sink);

// How the two numbers of one step combine. Absent: a comparison without bool that does not hold.
struct Arithmetic {
  BinaryOp op = BinaryOp::add;
  bool return_bool = false;
  // LogQL: x / 0 and x % 0 are NaN rather than ±Inf.
  bool zero_division_is_nan = false;

  // Whether the result is another metric than the operand.
  bool computes() const { return !is_comparison(op) && !is_trim(op); }
  bool drops_name() const { return computes() || return_bool; }
  double apply(double a, double b) const;
  // Whether a comparison holds.
  bool compare(double a, double b) const;
};

// One side of an operator at one step.
struct Operand {
  double value = 0;
  const NativeHistogram* histogram = nullptr;  // instead of the value
};
// What annotations will say of histograms under an operator.
struct HistogramArithmetic {
  std::string incompatible;  // the operator does not take these types
  bool mixed_schemas = false;
  HistogramNotes addition;
  HistogramNotes subtraction;
};
// The same as Arithmetic::apply where at least one side is a histogram or the operator trims
// histograms; one that results goes to `series`.
double apply_to_histograms(const Arithmetic& arithmetic, const Operand& a, const Operand& b,
                           GridSeries& series, HistogramArithmetic& out);
void note_arithmetic(Evaluator& evaluator, const HistogramArithmetic& notes, SourceSpan where);

// What makes two series a pair: the values of the matched labels.
std::string match_key(const LabelSet& labels, const VectorMatching& matching);
// The same as labels, for messages.
LabelSet match_labels(const LabelSet& labels, const VectorMatching& matching);

Result<GridVector> match_vectors(const Arithmetic& arithmetic, const VectorMatching& matching,
                                 const GridVector& lhs, const GridVector& rhs,
                                 HistogramArithmetic& notes, Evaluator& evaluator);
Result<GridVector> combine_sets(BinaryOp op, const VectorMatching& matching, GridVector lhs,
                                GridVector rhs);

}  // namespace sluice::query
