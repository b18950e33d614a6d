// Helpers on grid vectors and trees shared by all operators; declared in evaluator.h.
#include <algorithm>
#include <unordered_map>

#include "query/ast/find_expr.h"
#include "query/engine/evaluator.h"

namespace sluice::query {

std::int64_t bytes_of(const GridSeries& series) {
  std::size_t bytes = sizeof(GridSeries) + series.values.size() * sizeof(double);
  for (const HistogramPtr& histogram : series.histograms) bytes += sluice::bytes_of(*histogram);
  for (const Label& label : series.labels)
    bytes += sizeof(Label) + label.name.size() + label.value.size();
  return static_cast<std::int64_t>(bytes);
}

std::int64_t bytes_of(const GridVector& vector) {
  std::int64_t bytes = 0;
  for (const GridSeries& series : vector) bytes += bytes_of(series);
  return bytes;
}

void drop_empty(GridVector& vector) {
  std::erase_if(vector, [](const GridSeries& series) {
    return std::all_of(series.values.begin(), series.values.end(), is_absent);
  });
}

void drop_histograms(GridVector& vector) {
  for (GridSeries& series : vector) {
    if (series.histograms.empty()) continue;
    std::replace_if(series.values.begin(), series.values.end(), is_histogram, absent_value);
    series.histograms.clear();
  }
  drop_empty(vector);
}

namespace {

// Copies values into the gaps of `into`; false if both have one at the same step.
bool fill_gaps(GridSeries& into, const GridSeries& from) {
  for (std::size_t i = 0; i < into.values.size(); ++i) {
    if (is_absent(from.values[i])) continue;
    if (!is_absent(into.values[i])) return false;
    into.values[i] = into.adopt(from.values[i], from.histograms);
  }
  return true;
}

}  // namespace

Result<void> merge_same_labels(GridVector& vector, std::string_view message) {
  if (vector.size() < 2) return {};
  std::unordered_multimap<std::uint64_t, std::size_t> by_hash;
  by_hash.reserve(vector.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const std::uint64_t hash = vector[i].labels.hash();
    const auto [first, last] = by_hash.equal_range(hash);
    const auto twin = std::find_if(first, last, [&](const auto& entry) {
      return vector[entry.second].labels == vector[i].labels &&
             vector[entry.second].drops_name == vector[i].drops_name;
    });
    if (twin != last) {
      if (!fill_gaps(vector[twin->second], vector[i])) return execution_error(std::string(message));
      continue;
    }
    by_hash.emplace(hash, kept);
    if (kept != i) vector[kept] = std::move(vector[i]);
    ++kept;
  }
  vector.resize(kept);
  return {};
}

const Expr& strip_parens(const Expr& expr) {
  const Expr* inner = &expr;
  while (const auto* paren = std::get_if<Paren>(&inner->node)) inner = paren->expr.get();
  return *inner;
}

bool reads_logs(const Expr& expr) {
  return find_expr(expr, [](const Expr& part) {
    return std::holds_alternative<LogRangeAggregation>(part.node);
  });
}

Error execution_error(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

}  // namespace sluice::query
