// Grid: series evaluated at the steps of a query, column by column.
//
// The engine's working representation: an instant query is a grid of one step. Log range
// aggregations (log_range.cc) and PromQL leaves both produce a GridVector, and everything above
// them (aggregations, binary operators, functions) only sees grids.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/types/ids.h"
#include "query/ast/expr.h"
#include "query/source.h"

namespace sluice::query {

struct StepGrid {
  std::int64_t start_ms = 0;
  std::int64_t step_ms = 1;  // > 0
  std::size_t steps = 1;
  std::int64_t at(std::size_t i) const { return start_ms + static_cast<std::int64_t>(i) * step_ms; }
};

// "No sample at this step". A NaN of its own bits (Prometheus' stale marker), so that ordinary NaN
// stays a value. Compare with is_absent(), never with ==.
inline constexpr double absent_value = std::bit_cast<double>(stale_marker_bits);
inline bool is_absent(double v) {
  return std::bit_cast<std::uint64_t>(v) == stale_marker_bits;
}

// A float, neither absent nor a histogram.
inline bool is_number(double v) {
  return !is_absent(v) && !is_histogram(v);
}

struct GridSeries {
  LabelSet labels;
  std::vector<double> values;     // one per step, absent_value where there is none
  HistogramList histograms = {};  // those that values name (base/types/histogram.h)
  // Its metric identity (base/types/labels.h) goes at the end of the evaluation: a function has
  // dropped it, with EngineOptions::delayed_name_removal.
  bool drops_name = false;

  // The histogram a value stands for; null for a float.
  const NativeHistogram* histogram(double value) const {
    const std::size_t place = histogram_place(value);
    return is_histogram(value) && place < histograms.size() ? histograms[place].get() : nullptr;
  }
  // A value of another list, with its histogram if it names one, as a value of this series.
  double adopt(double value, const HistogramList& from) {
    return is_histogram(value) ? add_histogram(histograms, from[histogram_place(value)]) : value;
  }
};
using GridVector = std::vector<GridSeries>;

// The leaf of LogQL metric queries (log_range.cc). Windows are (t - range, t] for step times t,
// shifted by the offset. Series without a single present value are left out. `greatest`, if not 0
// and there is one step: series that are less than the so manieth greatest are of no interest.
Result<GridVector> eval_log_range(const LogRangeAggregation& aggregation, const StepGrid& grid,
                                  const TenantId& tenant, LogSource& logs, QueryContext& context,
                                  std::size_t greatest = 0);

// sum by (app) (rate({...}[5m])) and its like: where the aggregation can be done while the lines
// are read, it is, so that the many series below it never exist. nullopt: it cannot, evaluate as
// usual.
Result<std::optional<GridVector>> eval_grouped_log_range(const Aggregation& aggregation,
                                                         const StepGrid& grid,
                                                         const TenantId& tenant, LogSource& logs,
                                                         QueryContext& context,
                                                         std::size_t greatest = 0);

}  // namespace sluice::query
