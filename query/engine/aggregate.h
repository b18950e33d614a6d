// Aggregations: sum, avg, min, max, count, group, stddev, stdvar, quantile, topk, bottomk, limitk,
// count_values, and LogQL's sort and sort_desc.
//
// Those that fold (aggregate_fold.cc) take series one by one and hold a column or two per group.
// The others (aggregate_select.cc) need the values of a step side by side and collect their input.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/engine/evaluator.h"
#include "query/engine/histogram_ops.h"

namespace sluice::query {

bool is_aggregation(std::string_view op);
// The type of the operator's parameter (topk's k, count_values' label), if it takes one.
std::optional<ValueType> aggregation_parameter(std::string_view op);

Result<EvalValue> eval_aggregation(Evaluator& evaluator, const Aggregation& aggregation,
                                   const StepGrid& grid);

// The labels of the group a series belongs to.
LabelSet group_labels(const LabelSet& labels, const std::optional<Grouping>& grouping);

// What annotations will say of histograms in an aggregation.
struct FoldNotes {
  bool ignored = false;        // the operator knows no histograms
  bool mixed = false;          // floats and histograms in one group
  bool mixed_schemas = false;  // exponential and custom buckets in one group
  HistogramNotes operation;
};
// One group's running result, a column wide.
class Fold {
 public:
  virtual ~Fold() = default;
  virtual void add(const GridSeries& series) = 0;
  // Takes in what another of the same operator has seen.
  virtual void merge(const Fold& other) = 0;
  // The values, and the histograms they name; the labels are the caller's.
  virtual GridSeries finish(FoldNotes& notes) const = 0;
};
// Null if the operator does not fold.
std::unique_ptr<Fold> make_fold(std::string_view op, std::size_t steps);

// The series of a collected input by group, in order of first appearance.
struct Group {
  LabelSet labels;
  std::vector<std::size_t> members;
  bool drops_name = false;  // that of any of them
};
std::vector<Group> group_series(const GridVector& input, const std::optional<Grouping>& grouping);

Result<GridVector> aggregate_rank(GridVector input, const Aggregation& aggregation,
                                  const ScalarColumn& k, const StepGrid& grid);
GridVector aggregate_quantile(const GridVector& input, const Aggregation& aggregation,
                              const ScalarColumn& phi);
Result<GridVector> aggregate_count_values(Evaluator& evaluator, const GridVector& input,
                                          const Aggregation& aggregation, const std::string& label);

}  // namespace sluice::query
