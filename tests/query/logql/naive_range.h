// NaiveRange: a log range aggregation, one line and one window at a time. The reference.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "query/engine/grid.h"
#include "query/logql/label_filter.h"
#include "query/logql/pipeline.h"
#include "tests/query/memory_source.h"

namespace sluice::query::test {

class NaiveRange {
 public:
  NaiveRange(const LogRangeAggregation& aggregation, const StepGrid& grid)
      : aggregation_(aggregation), grid_(grid) {}

  Result<std::map<LabelSet, std::vector<double>>> eval(const std::vector<MemoryStream>& streams) {
    for (const auto& stream : streams)
      if (matches_all(aggregation_.query.matchers, stream.labels)) SLUICE_CHECK(read(stream));
    std::map<LabelSet, std::vector<double>> out;
    if (aggregation_.op == "absent_over_time") samples_ = inverted();
    for (const auto& [labels, samples] : samples_) {
      std::vector<double> row;
      for (std::size_t i = 0; i < grid_.steps; ++i) row.push_back(at(samples, i));
      if (!std::all_of(row.begin(), row.end(), is_absent)) out.emplace(labels, std::move(row));
    }
    return out;
  }

 private:
  using Samples = std::vector<std::pair<std::int64_t, double>>;

  Result<void> read(const MemoryStream& stream) {
    SLUICE_TRY(auto pipeline, logql::Pipeline::compile(aggregation_.query.pipeline));
    pipeline.bind(stream.labels);
    for (const auto& entry : stream.entries) {
      const std::int64_t first = end_of(0) - aggregation_.range.count();
      if (unix_ns(entry.timestamp) <= first || unix_ns(entry.timestamp) > end_of(grid_.steps - 1))
        continue;
      if (!pipeline.run(entry.timestamp, entry.line, &entry.metadata)) continue;
      auto& labels = pipeline.labels();
      double value =
          aggregation_.op.starts_with("bytes") ? static_cast<double>(pipeline.line().size()) : 1;
      if (aggregation_.unwrap && !unwrap(labels, value)) continue;
      if (labels.has_error()) return invalid_argument("error in a line");
      samples_[group(labels)].emplace_back(unix_ns(entry.timestamp), value);
    }
    return {};
  }

  bool unwrap(logql::LineLabels& labels, double& value) const {
    const auto& unwrap = *aggregation_.unwrap;
    const auto text = labels.get(unwrap.label);
    if (!text) return false;
    const auto number = logql::unwrap_value(unwrap.convert, *text);
    if (!number) labels.set_error("SampleExtractionErr", "");
    value = number.value_or(0);
    return std::all_of(unwrap.post_filters.begin(), unwrap.post_filters.end(),
                       [&](const auto& filter) { return logql::passes(*filter, labels); });
  }

  LabelSet group(const logql::LineLabels& labels) const {
    std::vector<logql::LabelView> views;
    labels.collect(views);
    LabelSet out;
    for (const auto& [name, value, origin] : views) {
      if (aggregation_.op == "absent_over_time") continue;
      if (aggregation_.unwrap && aggregation_.unwrap->label == name) continue;
      const auto& grouping = aggregation_.grouping;
      if (grouping && (std::count(grouping->labels.begin(), grouping->labels.end(), name) > 0) ==
                          grouping->without)
        continue;
      out.set(name, value);
    }
    return out;
  }

  std::int64_t end_of(std::size_t step) const {
    return grid_.at(step) * 1'000'000 - aggregation_.offset.count();
  }

  // Each step without a line gets a sample.
  std::map<LabelSet, Samples> inverted() const {
    LabelSet labels;
    for (const auto& matcher : aggregation_.query.matchers)
      if (matcher.op() == MatchOp::equal) labels.set(matcher.name(), matcher.value());
    std::map<LabelSet, Samples> out;
    out[labels] = samples_.empty() ? Samples() : samples_.begin()->second;
    return out;
  }

  double at(const Samples& samples, std::size_t step) const {
    std::vector<double> values;
    const std::int64_t end = end_of(step);
    Samples inside;
    for (const auto& sample : samples)
      if (sample.first > end - aggregation_.range.count() && sample.first <= end)
        inside.push_back(sample);
    std::sort(inside.begin(), inside.end());
    for (const auto& [t, value] : inside) values.push_back(value);
    if (aggregation_.op == "absent_over_time") return values.empty() ? 1 : absent_value;
    return values.empty() ? absent_value : of(values);
  }

  double of(std::vector<double> values) const {
    const auto n = static_cast<double>(values.size());
    const double seconds = std::chrono::duration<double>(aggregation_.range).count();
    const std::string& op = aggregation_.op;
    double sum = 0, squares = 0;
    for (double v : values) sum += v;
    for (double v : values) squares += (v - sum / n) * (v - sum / n);
    if (op == "count_over_time") return n;
    if (op == "rate" || op == "bytes_rate") return sum / seconds;
    if (op == "sum_over_time" || op == "bytes_over_time") return sum;
    if (op == "avg_over_time") return sum / n;
    if (op == "first_over_time") return values.front();
    if (op == "last_over_time") return values.back();
    if (op == "stddev_over_time") return std::sqrt(squares / n);
    std::sort(values.begin(), values.end());
    if (op == "min_over_time") return values.front();
    if (op == "max_over_time") return values.back();
    const double rank = 0.75 * (n - 1);
    const auto low = static_cast<std::size_t>(rank);
    const auto high = std::min(low + 1, values.size() - 1);
    return values[low] + (values[high] - values[low]) * (rank - std::floor(rank));
  }

  const LogRangeAggregation& aggregation_;
  const StepGrid& grid_;
  std::map<LabelSet, Samples> samples_;
};

}  // namespace sluice::query::test
