// Evaluator: walks one Expr over one grid. Made per query by Engine; used by one thread.
//
// Values are columns: a scalar is one number per step, a vector is series with one number per step
// (grid.h). Every operator works on whole columns. Leaves are read series by series from the
// source's cursor; stream() hands them on without collecting them, so an aggregation over a
// selector holds only its groups.
//
// Memory is accounted as the tree is walked: what an operand holds is charged while its parent
// works and released after it (account()).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "query/ast/expr.h"
#include "query/context.h"
#include "query/engine/engine.h"
#include "query/engine/grid.h"
#include "query/engine/window.h"

namespace sluice::query {

using ScalarColumn = std::vector<double>;
using EvalValue = std::variant<ScalarColumn, GridVector, std::string>;

// Takes the series of a stream one at a time.
using SeriesSink = std::function<Result<void>(GridSeries&&)>;

// A series as a range function sees it: samples without stale markers, ascending.
struct RangeSeries {
  const LabelSet& labels;
  std::span<const Sample> samples;
  const HistogramList& histograms;  // those the samples name
  bool drops_name = false;          // GridSeries::drops_name
};
using RangeSink = std::function<Result<void>(const RangeSeries&)>;

struct EvalSources {
  LogSource& logs;
  SampleSource& samples;
};

class Evaluator {
 public:
  Evaluator(EvalSources sources, const EngineOptions& options, TenantId tenant, QueryBounds bounds,
            std::string_view text, QueryContext& context)
      : sources_(sources),
        options_(options),
        tenant_(std::move(tenant)),
        bounds_(bounds),
        text_(text),
        context_(context) {}

  Result<EvalValue> eval(const Expr& expr, const StepGrid& grid);
  // The same where the parser has made sure of the type.
  Result<GridVector> eval_vector(const Expr& expr, const StepGrid& grid);
  // The same where only the `greatest` greatest values matter, for topk: over logs, series that
  // have none of them may be left out.
  Result<GridVector> eval_greatest(const Expr& expr, const StepGrid& grid, std::size_t greatest);
  Result<ScalarColumn> eval_scalar(const Expr& expr, const StepGrid& grid);

  // Each series of an instant vector, without holding them all where the expression allows
  // (stream.cc).
  Result<void> stream(const Expr& expr, const StepGrid& grid, const SeriesSink& sink);
  // The same in parts, each by a thread of its own, where the expression and the source allow; else
  // one part. The sink of a part charges memory through the evaluator it is made with; what a part
  // holds at the end counts as held by this one.
  using PartSink = std::function<SeriesSink(std::size_t part, Evaluator& evaluator)>;
  Result<void> stream_parts(const Expr& expr, const StepGrid& grid, const PartSink& sink_of);
  // Each series of a range vector (selector or subquery, parentheses allowed around it).
  Result<Windows> range_windows(const Expr& expr, const StepGrid& grid) const;
  Result<void> stream_ranges(const Expr& expr, const StepGrid& grid, const RangeSink& sink);
  // Like an instant selector, yet the value is the sample's own time in seconds: timestamp().
  Result<GridVector> eval_timestamps(const VectorSelector& selector, const StepGrid& grid);

  // Takes the metric's identity off a result, or notes that it goes at the end (names.cc).
  void drop_name(GridSeries& series) const;
  // The same of all, and joins what became equal.
  Result<void> drop_names(GridVector& vector) const;

  QueryContext& context() { return context_; }
  const QueryBounds& bounds() const { return bounds_; }
  const EngineOptions& options() const { return options_; }
  // Adds to what the query is known to hold; Error(limit_exceeded) past its budget.
  Result<void> account(std::int64_t bytes);
  // An annotation of the result, with where in the query it comes from.
  void info(const std::string& text, SourceSpan where);
  void warn(const std::string& text, SourceSpan where);
  std::vector<std::string> take_infos() { return std::move(infos_); }

 private:
  Result<EvalValue> eval_node(const Expr& expr, const StepGrid& grid);
  Result<GridVector> collect(const Expr& expr, const StepGrid& grid);
  Result<EvalValue> eval_unary(const Unary& unary, const StepGrid& grid);
  Result<void> stream_selector(const VectorSelector& selector, const StepGrid& grid,
                               bool timestamps, const SeriesSink& sink);
  Result<void> stream_selected(const std::vector<LabelMatcher>& matchers, const Windows& windows,
                               const RangeSink& sink);
  Result<void> stream_subquery(const Subquery& subquery, const StepGrid& grid,
                               const RangeSink& sink);
  // Of a range or a subquery's step, in milliseconds; at least one.
  Result<std::int64_t> length_of(const QueryDuration& length) const;
  Result<void> count_samples(std::size_t samples);
  Result<Windows> selector_windows(const VectorSelector& selector, const StepGrid& grid) const;
  Result<std::unique_ptr<SeriesCursor>> open_cursor(const std::vector<LabelMatcher>& matchers,
                                                    const Windows& windows);
  Result<std::vector<std::unique_ptr<SeriesCursor>>> divide(const Expr& expr, const StepGrid& grid);
  void join(Evaluator& part);
  std::string at_position(SourceSpan where) const;

  EvalSources sources_;
  const EngineOptions& options_;
  TenantId tenant_;
  QueryBounds bounds_;
  std::string_view text_;
  QueryContext& context_;
  std::int64_t held_ = 0;  // bytes charged now
  // Looked at so far, by all parts.
  std::shared_ptr<std::atomic<std::size_t>> samples_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  std::unique_ptr<SeriesCursor> given_;  // what the one selector of a part reads
  std::vector<std::string> infos_;
};

// Bytes a vector holds, for account().
std::int64_t bytes_of(const GridSeries& series);
std::int64_t bytes_of(const GridVector& vector);

// Removes series without a single value.
void drop_empty(GridVector& vector);
// Keeps floats only.
void drop_histograms(GridVector& vector);
// Joins series whose labels became equal (the metric name was dropped, a label replaced) and whose
// name stays or goes alike. Error: two of them have a value at the same step; Prometheus' words
// unless `message` says other.
Result<void> merge_same_labels(
    GridVector& vector,
    std::string_view message = "vector cannot contain metrics with the same labelset");
// The end of an evaluation: names go that were only noted to go.
Result<void> finish_names(GridVector& vector);

const Expr& strip_parens(const Expr& expr);
// Whether a leaf of this tree reads logs: then LogQL's arithmetic applies (x / 0 is NaN).
bool reads_logs(const Expr& expr);

// An error of evaluation (not of syntax): the query is well-formed, the data does not allow it.
Error execution_error(std::string message);

}  // namespace sluice::query
