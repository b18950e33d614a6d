// Aggregations that look at all values of a step at once: topk, bottomk, limitk, limit_ratio,
// quantile, count_values.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/codec/json_writer.h"
#include "base/types/utf8.h"
#include "query/engine/aggregate.h"
#include "query/engine/histogram_read.h"
#include "query/engine/numeric.h"

namespace sluice::query {

namespace {

Result<std::size_t> whole_count(double k) {
  if (std::isnan(k)) return execution_error("Parameter value is NaN");
  if (k > 9.2e18 || k < -9.2e18)
    return execution_error("Scalar value " + format_sample_value(k) + " overflows int64");
  return k < 1 ? std::size_t{0} : static_cast<std::size_t>(k);
}

// topk: greatest first, bottomk: least first; NaN is chosen last.
bool ranks_before(double a, double b, bool greatest) {
  if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
  return greatest ? a > b : a < b;
}

std::vector<std::size_t> present_members(const GridVector& input, const Group& group,
                                         std::size_t step) {
  std::vector<std::size_t> present;
  for (const std::size_t member : group.members)
    if (!is_absent(input[member].values[step])) present.push_back(member);
  return present;
}

// A number in [-1, 1) that belongs to the series, the same on every machine.
double ratio_position(const LabelSet& labels) {
  return static_cast<double>(labels.hash()) / 18446744073709551616.0;
}

// The members of a group that stay at a step, best first.
Result<std::vector<std::size_t>> chosen(const GridVector& input, const Group& group,
                                        const std::string& op, double k, std::size_t step) {
  auto present = present_members(input, group, step);
  if (op == "limit_ratio") {
    if (std::isnan(k)) return execution_error("Ratio value is NaN");
    std::erase_if(present, [&](std::size_t member) {
      const double at = ratio_position(input[member].labels);
      return k >= 0 ? at >= k : at < 1 + k;
    });
    return present;
  }
  SLUICE_TRY(const std::size_t wanted, whole_count(k));
  const std::size_t count = std::min(wanted, present.size());
  if (op != "limitk") {
    const bool greatest = op != "bottomk";
    std::stable_sort(present.begin(), present.end(), [&](std::size_t a, std::size_t b) {
      return ranks_before(input[a].values[step], input[b].values[step], greatest);
    });
  }
  present.resize(count);
  return present;
}

}  // namespace

Result<GridVector> aggregate_rank(GridVector input, const Aggregation& aggregation,
                                  const ScalarColumn& k, const StepGrid& grid) {
  const auto groups = group_series(input, aggregation.grouping);
  std::vector<std::vector<bool>> stays(input.size(), std::vector<bool>(grid.steps, false));
  std::vector<std::size_t> order;  // of an instant query's result
  for (std::size_t step = 0; step < grid.steps; ++step) {
    for (const Group& group : groups) {
      SLUICE_TRY(const auto best, chosen(input, group, aggregation.op, k[step], step));
      for (const std::size_t member : best) stays[member][step] = true;
      if (grid.steps == 1) order.insert(order.end(), best.begin(), best.end());
    }
  }
  GridVector result;
  if (grid.steps == 1) {
    for (const std::size_t member : order) result.push_back(std::move(input[member]));
    return result;
  }
  for (std::size_t i = 0; i < input.size(); ++i)
    for (std::size_t step = 0; step < grid.steps; ++step)
      if (!stays[i][step]) input[i].values[step] = absent_value;
  drop_empty(input);
  return input;
}

GridVector aggregate_quantile(const GridVector& input, const Aggregation& aggregation,
                              const ScalarColumn& phi) {
  GridVector result;
  std::vector<double> values;
  for (const Group& group : group_series(input, aggregation.grouping)) {
    GridSeries series{
        group.labels, std::vector<double>(phi.size(), absent_value), {}, group.drops_name};
    for (std::size_t step = 0; step < phi.size(); ++step) {
      values.clear();
      for (const std::size_t member : present_members(input, group, step))
        values.push_back(input[member].values[step]);
      if (!values.empty()) series.values[step] = quantile(phi[step], values);
    }
    result.push_back(std::move(series));
  }
  drop_empty(result);
  return result;
}

Result<GridVector> aggregate_count_values(Evaluator& evaluator, const GridVector& input,
                                          const Aggregation& aggregation,
                                          const std::string& label) {
  if (!valid_utf8_name(label)) {
    std::string text = "invalid label name ";
    append_quoted(text, label);
    return execution_error(text + " in count_values()");
  }
  std::map<LabelSet, std::size_t> index;
  GridVector result;
  for (const GridSeries& series : input) {
    const LabelSet group = group_labels(series.labels, aggregation.grouping);
    for (std::size_t step = 0; step < series.values.size(); ++step) {
      if (is_absent(series.values[step])) continue;
      LabelSet labels = group;
      const NativeHistogram* histogram = series.histogram(series.values[step]);
      labels.set(label, histogram ? to_string(*histogram) : format_plain(series.values[step]));
      const auto [at, inserted] = index.try_emplace(labels, result.size());
      if (inserted) {
        result.push_back(
            {std::move(labels), std::vector<double>(series.values.size(), absent_value)});
        SLUICE_CHECK(evaluator.account(bytes_of(result.back())));
      }
      GridSeries& counted = result[at->second];
      counted.drops_name |= series.drops_name && label != metric_name_label;
      double& count = counted.values[step];
      count = is_absent(count) ? 1 : count + 1;
    }
  }
  return result;
}

}  // namespace sluice::query
