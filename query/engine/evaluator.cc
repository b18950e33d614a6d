#include "query/engine/evaluator.h"

#include <algorithm>

#include "query/engine/aggregate.h"
#include "query/engine/binary.h"
#include "query/engine/functions.h"
#include "query/engine/histogram_ops.h"

namespace sluice::query {

namespace {

std::int64_t bytes_of(const EvalValue& value) {
  if (const auto* vector = std::get_if<GridVector>(&value)) return query::bytes_of(*vector);
  if (const auto* column = std::get_if<ScalarColumn>(&value))
    return static_cast<std::int64_t>(column->size() * sizeof(double));
  return static_cast<std::int64_t>(std::get<std::string>(value).size());
}

void negate(GridSeries& series) {
  for (HistogramPtr& histogram : series.histograms) {
    NativeHistogram negative = *histogram;
    multiply(negative, -1);
    histogram = std::make_shared<const NativeHistogram>(std::move(negative));
  }
  for (double& v : series.values)
    if (!is_absent(v) && !is_histogram(v)) v = -v;
}

}  // namespace

Result<EvalValue> Evaluator::eval(const Expr& expr, const StepGrid& grid) {
  SLUICE_CHECK(context_.check());
  const std::int64_t before = held_;
  SLUICE_TRY(auto value, eval_node(expr, grid));
  // The operands are gone now; what stays is the value.
  SLUICE_CHECK(account(before + bytes_of(value) - held_));
  return value;
}

Result<EvalValue> Evaluator::eval_node(const Expr& expr, const StepGrid& grid) {
  const auto& node = expr.node;
  if (const auto* number = std::get_if<NumberLiteral>(&node))
    return EvalValue{ScalarColumn(grid.steps, number->value)};
  if (const auto* text = std::get_if<StringLiteral>(&node)) return EvalValue{text->value};
  if (const auto* paren = std::get_if<Paren>(&node)) return eval_node(*paren->expr, grid);
  if (const auto* unary = std::get_if<Unary>(&node)) return eval_unary(*unary, grid);
  if (const auto* binary = std::get_if<Binary>(&node))
    return eval_binary(*this, *binary, expr.span, grid);
  if (const auto* call = std::get_if<Call>(&node)) return eval_call(*this, *call, expr, grid);
  if (const auto* aggregation = std::get_if<Aggregation>(&node)) {
    SLUICE_TRY(auto grouped,
               eval_grouped_log_range(*aggregation, grid, tenant_, sources_.logs, context_));
    if (grouped) return EvalValue{std::move(*grouped)};
    return eval_aggregation(*this, *aggregation, grid);
  }
  if (const auto* log_range = std::get_if<LogRangeAggregation>(&node)) {
    SLUICE_TRY(auto vector, eval_log_range(*log_range, grid, tenant_, sources_.logs, context_));
    return EvalValue{std::move(vector)};
  }
  if (std::holds_alternative<VectorSelector>(node)) {
    SLUICE_TRY(auto vector, collect(expr, grid));
    return EvalValue{std::move(vector)};
  }
  return execution_error("a range vector or a log query stands where a value is needed");
}

Result<GridVector> Evaluator::eval_vector(const Expr& expr, const StepGrid& grid) {
  SLUICE_TRY(auto value, eval(expr, grid));
  auto* vector = std::get_if<GridVector>(&value);
  if (!vector) return execution_error("expected an instant vector");
  return std::move(*vector);
}

Result<GridVector> Evaluator::eval_greatest(const Expr& expr, const StepGrid& grid,
                                            std::size_t greatest) {
  const Expr& inner = strip_parens(expr);
  std::optional<GridVector> vector;
  if (const auto* aggregation = std::get_if<Aggregation>(&inner.node)) {
    SLUICE_TRY(vector, eval_grouped_log_range(*aggregation, grid, tenant_, sources_.logs, context_,
                                              greatest));
  } else if (const auto* range = std::get_if<LogRangeAggregation>(&inner.node)) {
    SLUICE_TRY(vector, eval_log_range(*range, grid, tenant_, sources_.logs, context_, greatest));
  }
  if (!vector) return eval_vector(expr, grid);
  SLUICE_CHECK(account(query::bytes_of(*vector)));
  return std::move(*vector);
}

Result<ScalarColumn> Evaluator::eval_scalar(const Expr& expr, const StepGrid& grid) {
  SLUICE_TRY(auto value, eval(expr, grid));
  auto* column = std::get_if<ScalarColumn>(&value);
  if (!column) return execution_error("expected a scalar");
  return std::move(*column);
}

Result<GridVector> Evaluator::collect(const Expr& expr, const StepGrid& grid) {
  GridVector vector;
  SLUICE_CHECK(stream(expr, grid, [&](GridSeries&& series) -> Result<void> {
    SLUICE_CHECK(account(query::bytes_of(series)));
    vector.push_back(std::move(series));
    return {};
  }));
  return vector;
}

Result<EvalValue> Evaluator::eval_unary(const Unary& unary, const StepGrid& grid) {
  SLUICE_TRY(auto value, eval(*unary.expr, grid));
  if (!unary.negative) return value;
  if (auto* column = std::get_if<ScalarColumn>(&value)) {
    for (double& v : *column) v = -v;
    return value;
  }
  auto* vector = std::get_if<GridVector>(&value);
  if (!vector) return execution_error("unary minus needs numbers");
  for (GridSeries& series : *vector) negate(series);
  SLUICE_CHECK(drop_names(*vector));
  return value;
}

Result<void> Evaluator::account(std::int64_t bytes) {
  held_ += bytes;
  return context_.charge(bytes);
}

Result<void> Evaluator::count_samples(std::size_t samples) {
  // Sources count what they read in the statistics; subqueries add what they make.
  const std::size_t total = samples_->fetch_add(samples) + samples;
  if (total <= context_.limits().max_samples) return {};
  return Error{ErrorCode::limit_exceeded,
               "query processing would load too many samples into memory in query execution"};
}

std::string Evaluator::at_position(SourceSpan where) const {
  const std::size_t end = std::min<std::size_t>(where.begin, text_.size());
  const auto before = text_.substr(0, end);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? where.begin + 1 : end - newline;
  return " (" + std::to_string(line) + ":" + std::to_string(column) + ")";
}

void Evaluator::info(const std::string& text, SourceSpan where) {
  std::string full = "PromQL info: " + text + at_position(where);
  if (std::find(infos_.begin(), infos_.end(), full) == infos_.end())
    infos_.push_back(std::move(full));
}

void Evaluator::warn(const std::string& text, SourceSpan where) {
  context_.warn("PromQL warning: " + text + at_position(where));
}

}  // namespace sluice::query
