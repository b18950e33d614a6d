// Binary operators: arithmetic, comparison, set operators, and the matching of two vectors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/engine/evaluator.h"

namespace sluice::query {

bool is_comparison(BinaryOp op);
bool is_set_operator(BinaryOp op);

Result<EvalValue> eval_binary(Evaluator& evaluator, const Binary& binary, const StepGrid& grid);

// How the two numbers of one step combine. Absent: a comparison without bool that does not hold.
struct Arithmetic {
  BinaryOp op = BinaryOp::add;
  bool return_bool = false;
  // LogQL: x / 0 and x % 0 are NaN rather than ±Inf.
  bool zero_division_is_nan = false;

  bool drops_name() const { return !is_comparison(op) || return_bool; }
  double apply(double a, double b) const;
  // Whether a comparison holds.
  bool compare(double a, double b) const;
};

// What makes two series a pair: the values of the matched labels.
std::string match_key(const LabelSet& labels, const VectorMatching& matching);
// The same as labels, for messages.
LabelSet match_labels(const LabelSet& labels, const VectorMatching& matching);

Result<GridVector> match_vectors(const Arithmetic& arithmetic, const VectorMatching& matching,
                                 const GridVector& lhs, const GridVector& rhs,
                                 Evaluator& evaluator);
Result<GridVector> combine_sets(BinaryOp op, const VectorMatching& matching, GridVector lhs,
                                GridVector rhs);

}  // namespace sluice::query
