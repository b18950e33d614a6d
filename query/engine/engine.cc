#include "query/engine/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "query/ast/find_expr.h"
#include "query/engine/evaluator.h"
#include "query/logql/pipeline.h"

namespace sluice::query {

namespace {

VectorSample to_sample(GridSeries series, std::int64_t time_ms) {
  const double value = series.values[0];
  if (!is_histogram(value)) return {std::move(series.labels), time_ms, value};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  return {std::move(series.labels), time_ms, nan, series.histograms.at(histogram_place(value))};
}

Vector to_vector(GridVector grid, std::int64_t time_ms) {
  Vector vector;
  vector.reserve(grid.size());
  for (GridSeries& series : grid)
    if (!is_absent(series.values[0])) vector.push_back(to_sample(std::move(series), time_ms));
  return vector;
}

std::vector<Sample> to_samples(const std::vector<double>& values, const StepGrid& grid) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!is_absent(values[i])) samples.push_back({grid.at(i), values[i]});
  return samples;
}

Matrix to_matrix(EvalValue value, const StepGrid& grid) {
  Matrix matrix;
  if (const auto* column = std::get_if<ScalarColumn>(&value)) {
    matrix.push_back({{}, to_samples(*column, grid)});
    return matrix;
  }
  for (GridSeries& series : std::get<GridVector>(value)) {
    auto samples = to_samples(series.values, grid);
    if (!samples.empty())
      matrix.push_back(
          {std::move(series.labels), std::move(samples), std::move(series.histograms)});
  }
  std::sort(matrix.begin(), matrix.end(),
            [](const MatrixSeries& a, const MatrixSeries& b) { return a.labels < b.labels; });
  return matrix;
}

double weight(const GridSeries& series) {
  double sum = 0;
  for (const double v : series.values)
    if (!is_absent(v) && !std::isnan(v)) sum += v;
  // Infinities of both signs: nothing to compare by.
  return std::isnan(sum) ? -std::numeric_limits<double>::infinity() : sum;
}

// Which series stay, in their order: the greatest, and of equal ones the first by their labels.
std::vector<std::size_t> greatest_series(const GridVector& vector, std::size_t limit) {
  std::vector<double> weights;
  for (const GridSeries& series : vector) weights.push_back(weight(series));
  std::vector<std::size_t> ranked(vector.size());
  std::iota(ranked.begin(), ranked.end(), std::size_t{0});
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(limit);
  std::nth_element(ranked.begin(), end, ranked.end(), [&](std::size_t a, std::size_t b) {
    if (weights[a] != weights[b]) return weights[a] > weights[b];
    return vector[a].labels < vector[b].labels;
  });
  ranked.erase(end, ranked.end());
  std::sort(ranked.begin(), ranked.end());
  return ranked;
}

// Labels taken from log lines can be many.
void limit_log_series(EvalValue& value, QueryContext& context) {
  auto* vector = std::get_if<GridVector>(&value);
  const std::size_t limit = context.limits().max_series;
  if (!vector || vector->size() <= limit) return;
  context.warn("the result has " + std::to_string(vector->size()) + " series; only the " +
               std::to_string(limit) + " greatest are returned");
  GridVector kept;
  for (const std::size_t i : greatest_series(*vector, limit))
    kept.push_back(std::move((*vector)[i]));
  *vector = std::move(kept);
}

// Of series in order. Only names that were dropped last can make two alike.
Result<void> check_distinct(const Matrix& matrix) {
  const auto twin = std::adjacent_find(
      matrix.begin(), matrix.end(),
      [](const MatrixSeries& a, const MatrixSeries& b) { return a.labels == b.labels; });
  if (twin == matrix.end()) return {};
  return execution_error("vector cannot contain metrics with the same labelset");
}

Result<void> finish_value(EvalValue& value) {
  auto* vector = std::get_if<GridVector>(&value);
  return vector ? finish_names(*vector) : Result<void>();
}

Result<Value> instant_matrix(Evaluator& evaluator, const Expr& expr, const StepGrid& grid) {
  SLUICE_TRY(const Windows windows, evaluator.range_windows(expr, grid));
  Matrix matrix;
  SLUICE_CHECK(evaluator.stream_ranges(expr, grid, [&](const RangeSeries& series) -> Result<void> {
    const auto inside = WindowSlider(series.samples).slide(windows.start_of(0), windows.end_of(0));
    if (inside.empty()) return {};
    SLUICE_CHECK(evaluator.account(static_cast<std::int64_t>(inside.size_bytes())));
    matrix.push_back({series.labels, {inside.begin(), inside.end()}, series.histograms});
    if (series.drops_name) erase_metric_identity(matrix.back().labels);
    return {};
  }));
  std::sort(matrix.begin(), matrix.end(),
            [](const MatrixSeries& a, const MatrixSeries& b) { return a.labels < b.labels; });
  SLUICE_CHECK(check_distinct(matrix));
  return Value{std::move(matrix)};
}

Result<Value> instant_value(Evaluator& evaluator, const Expr& expr, const StepGrid& grid) {
  if (expr.type == ValueType::range_vector) return instant_matrix(evaluator, expr, grid);
  SLUICE_TRY(auto value, evaluator.eval(expr, grid));
  SLUICE_CHECK(finish_value(value));
  if (reads_logs(expr)) limit_log_series(value, evaluator.context());
  if (const auto* column = std::get_if<ScalarColumn>(&value))
    return Value{Scalar{grid.start_ms, (*column)[0]}};
  if (auto* text = std::get_if<std::string>(&value))
    return Value{StringValue{grid.start_ms, std::move(*text)}};
  return Value{to_vector(std::get<GridVector>(std::move(value)), grid.start_ms)};
}

std::string with_commas(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

Result<StepGrid> checked_grid(const RangeQuery& query, std::size_t max_steps) {
  if (query.step_ms <= 0)
    return invalid_argument(
        "zero or negative query resolution step widths are not accepted. Try a positive integer");
  if (query.end_ms < query.start_ms)
    return invalid_argument("end timestamp must not be before start time");
  const auto steps =
      static_cast<std::size_t>(saturating_sub(query.end_ms, query.start_ms) / query.step_ms);
  if (steps > max_steps)
    return invalid_argument("exceeded maximum resolution of " + with_commas(max_steps) +
                            " points per timeseries. Try decreasing the query resolution "
                            "(?step=XX)");
  return StepGrid{query.start_ms, query.step_ms, steps + 1};
}

// Exact here, yet a query that Loki refuses in a dashboard is no query to write.
Result<void> check_approximate(const Expr& expr) {
  const auto* found = find_expr(expr, [](const Expr& part) {
    const auto* aggregation = std::get_if<Aggregation>(&part.node);
    return aggregation != nullptr && aggregation->op == "approx_topk";
  });
  if (found == nullptr) return {};
  return invalid_argument(
      "approx_topk is only supported for instant queries; use topk in a range query");
}

EngineOptions with_lookback(EngineOptions options, std::int64_t lookback_ms) {
  if (lookback_ms > 0) options.lookback_ms = lookback_ms;
  return options;
}

QueryResult finish(Value value, Evaluator& evaluator) {
  return {std::move(value), evaluator.context().warnings(), evaluator.take_infos()};
}

}  // namespace

std::string_view type_name(ValueType type) {
  switch (type) {
    case ValueType::scalar: return "scalar";
    case ValueType::string: return "string";
    case ValueType::instant_vector: return "instant vector";
    case ValueType::range_vector: return "range vector";
    case ValueType::streams: return "log streams";
  }
  return "unknown";
}

Engine::Engine(LogSource& logs, SampleSource& samples, EngineOptions options)
    : logs_(logs), samples_(samples), options_(options) {}

Result<QueryResult> Engine::instant(const Expr& expr, const InstantQuery& query,
                                    QueryContext& context) const {
  if (expr.type == ValueType::streams)
    return invalid_argument(
        "log queries are not supported as an instant query type, please "
        "change your query to a range query type");
  if (reads_logs(expr) && logql::mentions_level(expr)) context.ask_for_levels();
  const EngineOptions options = with_lookback(options_, query.lookback_ms);
  Evaluator evaluator({logs_, samples_}, options, query.tenant, {query.time_ms, query.time_ms},
                      query.text, context);
  SLUICE_TRY(auto value, instant_value(evaluator, expr, StepGrid{query.time_ms, 1, 1}));
  return finish(std::move(value), evaluator);
}

Result<QueryResult> Engine::range(const Expr& expr, const RangeQuery& query,
                                  QueryContext& context) const {
  if (expr.type != ValueType::scalar && expr.type != ValueType::instant_vector)
    return invalid_argument("invalid expression type \"" + std::string(type_name(expr.type)) +
                            "\" for range query, must be Scalar or instant Vector");
  SLUICE_CHECK(check_approximate(expr));
  if (reads_logs(expr) && logql::mentions_level(expr)) context.ask_for_levels();
  SLUICE_TRY(const StepGrid grid, checked_grid(query, options_.max_steps));
  const EngineOptions options = with_lookback(options_, query.lookback_ms);
  Evaluator evaluator({logs_, samples_}, options, query.tenant,
                      {query.start_ms, query.end_ms, query.step_ms}, query.text, context);
  SLUICE_TRY(auto value, evaluator.eval(expr, grid));
  SLUICE_CHECK(finish_value(value));
  if (reads_logs(expr)) limit_log_series(value, context);
  return finish(Value{to_matrix(std::move(value), grid)}, evaluator);
}

}  // namespace sluice::query
