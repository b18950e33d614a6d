// Comparison of an eval's result with what the script expects.
#include <algorithm>
#include <cmath>

#include "base/codec/json_writer.h"
#include "query/engine/grid.h"
#include "query/engine/histogram_ops.h"
#include "query/engine/histogram_read.h"
#include "tests/query/script/runner.h"

namespace sluice::query::script {

namespace {

bool close(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return true;
  return std::fabs(a - b) <= 1e-9 * std::max(std::fabs(a), std::fabs(b));
}

bool close(const HistogramBuckets& a, const HistogramBuckets& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.index == y.index && close(x.count, y.count);
  });
}

// The expected hint counts where one is given.
bool close(NativeHistogram expected, NativeHistogram got) {
  compact(expected);
  compact(got);
  return expected.schema == got.schema && close(expected.count, got.count) &&
         close(expected.sum, got.sum) && expected.zero_threshold == got.zero_threshold &&
         close(expected.zero_count, got.zero_count) && close(expected.positive, got.positive) &&
         close(expected.negative, got.negative) && expected.custom_values == got.custom_values &&
         (expected.hint == CounterReset::unknown || expected.hint == got.hint);
}

bool close(const NativeHistogram& expected, const ShownHistogram& got) {
  const auto bars = bars_of(expected);
  return close(expected.count, got.count) && close(expected.sum, got.sum) &&
         std::equal(bars.begin(), bars.end(), got.bars.begin(), got.bars.end(),
                    [](const HistogramBar& x, const HistogramBar& y) {
                      return close(x.lower, y.lower) && close(x.upper, y.upper) &&
                             close(x.count, y.count);
                    });
}

bool same_at(const Values& expected, const Values& got, std::size_t i, const Target& target) {
  const auto& x = expected.at[i];
  const auto& y = got.at[i];
  if (!x || !y) return x.has_value() == y.has_value();
  if (is_histogram(*x) != is_histogram(*y)) return false;
  if (!is_histogram(*x)) return close(*x, *y);
  const NativeHistogram& wanted = *expected.histograms.at(histogram_place(*x));
  const HistogramPtr& histogram = got.histograms.at(histogram_place(*y));
  if (const ShownHistogram* shown = target.shown(histogram.get())) return close(wanted, *shown);
  return close(wanted, *histogram);
}

bool same(const Values& expected, const Values& got, const Target& target) {
  if (expected.at.size() != got.at.size()) return false;
  for (std::size_t i = 0; i < expected.at.size(); ++i)
    if (!same_at(expected, got, i, target)) return false;
  return true;
}

std::string print(const Values& values, std::size_t i) {
  if (!values.at[i]) return " _";
  if (!is_histogram(*values.at[i])) return " " + format_sample_value(*values.at[i]);
  const NativeHistogram& histogram = *values.histograms.at(histogram_place(*values.at[i]));
  return " {{schema " + std::to_string(histogram.schema) + " hint " +
         std::to_string(static_cast<int>(histogram.hint)) + " " + to_string(histogram) + "}}";
}

std::string print(const ExpectedSeries& series) {
  std::string out = "    " + series.labels.to_string();
  for (std::size_t i = 0; i < series.values.at.size(); ++i) out += print(series.values, i);
  return out + "\n";
}

// A result in the form of an expectation.
std::vector<ExpectedSeries> flatten(const Vector& vector) {
  std::vector<ExpectedSeries> series;
  for (const VectorSample& sample : vector) {
    Values values;
    values.at.emplace_back(sample.histogram ? add_histogram(values.histograms, sample.histogram)
                                            : sample.value);
    series.push_back({sample.labels, std::move(values)});
  }
  return series;
}

std::vector<ExpectedSeries> flatten(const Matrix& matrix, const Eval& eval) {
  std::vector<ExpectedSeries> flat;
  const auto* range = std::get_if<EvalRange>(&eval.how);
  for (const MatrixSeries& series : matrix) {
    ExpectedSeries out{series.labels, {{}, series.histograms}};
    if (range) {
      out.values.at.resize(
          static_cast<std::size_t>((range->end_ms - range->start_ms) / range->step_ms) + 1);
      for (const Sample& sample : series.samples)
        out.values.at.at(static_cast<std::size_t>((sample.timestamp_ms - range->start_ms) /
                                                  range->step_ms)) = sample.value;
    } else {
      for (const Sample& sample : series.samples) out.values.at.emplace_back(sample.value);
    }
    flat.push_back(std::move(out));
  }
  return flat;
}

// Range expectations may leave out trailing gaps.
void pad(std::vector<ExpectedSeries>& series, const Eval& eval) {
  const auto* range = std::get_if<EvalRange>(&eval.how);
  if (!range) return;
  const auto steps =
      static_cast<std::size_t>((range->end_ms - range->start_ms) / range->step_ms) + 1;
  for (ExpectedSeries& one : series)
    if (one.values.at.size() < steps) one.values.at.resize(steps);
}

std::string compare_series(std::vector<ExpectedSeries> expected, std::vector<ExpectedSeries> got,
                           bool ordered, const Target& target) {
  const auto by_labels = [](const ExpectedSeries& a, const ExpectedSeries& b) {
    return a.labels < b.labels;
  };
  if (!ordered) {
    std::stable_sort(expected.begin(), expected.end(), by_labels);
    std::stable_sort(got.begin(), got.end(), by_labels);
  }
  const bool equal = std::equal(expected.begin(), expected.end(), got.begin(), got.end(),
                                [&](const auto& a, const auto& b) {
                                  return a.labels == b.labels && same(a.values, b.values, target);
                                });
  if (equal) return {};
  std::string out = "  expected:\n";
  for (const auto& series : expected) out += print(series);
  out += "  got:\n";
  for (const auto& series : got) out += print(series);
  return out;
}

std::string print(const Streams& streams) {
  std::string out;
  for (const LogStream& stream : streams) {
    out += "    " + stream.labels.to_string() + "\n";
    for (const LogEntry& entry : stream.entries)
      out += "      " + std::to_string(unix_ns(entry.timestamp) / 1'000'000) + "ms " +
             entry.metadata.to_string() + " " + entry.line + "\n";
  }
  return out;
}

// Metadata is compared only where the script names it: results show it among the labels.
bool same(const LogStream& expected, const LogStream& got) {
  return expected.labels == got.labels &&
         std::equal(expected.entries.begin(), expected.entries.end(), got.entries.begin(),
                    got.entries.end(), [](const LogEntry& a, const LogEntry& b) {
                      return a.timestamp == b.timestamp && a.line == b.line &&
                             (a.metadata.empty() || a.metadata == b.metadata);
                    });
}

std::string compare_streams(Streams expected, Streams got) {
  const auto by_labels = [](const LogStream& a, const LogStream& b) { return a.labels < b.labels; };
  std::sort(expected.begin(), expected.end(), by_labels);
  std::sort(got.begin(), got.end(), by_labels);
  if (std::equal(expected.begin(), expected.end(), got.begin(), got.end(),
                 [](const auto& a, const auto& b) { return same(a, b); }))
    return {};
  return "  expected:\n" + print(expected) + "  got:\n" + print(got);
}

std::string compare_value(const Eval& eval, const Value& value, const Target& target) {
  Expectation expected = eval.expected;
  pad(expected.series, eval);
  if (const auto* scalar = std::get_if<Scalar>(&value)) {
    if (expected.scalar && close(*expected.scalar, scalar->value)) return {};
    return "  got scalar " + format_sample_value(scalar->value);
  }
  if (expected.scalar) return "  expected a scalar";
  if (const auto* text = std::get_if<StringValue>(&value))
    return expected.text == text->value ? "" : "  got string \"" + text->value + "\"";
  if (expected.text) return "  expected a string";
  if (const auto* streams = std::get_if<Streams>(&value))
    return compare_streams(expected.streams, *streams);
  const auto* vector = std::get_if<Vector>(&value);
  return compare_series(std::move(expected.series),
                        vector ? flatten(*vector) : flatten(std::get<Matrix>(value), eval),
                        expected.ordered, target);
}

bool contains(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

std::string compare_notes(const Expectation& expected, const QueryResult& result) {
  for (const auto& warning : expected.warnings)
    if (!contains(result.warnings, warning)) return "  missing warning: " + warning;
  if ((expected.warnings.empty() || expected.no_warn) && !result.warnings.empty())
    return "  unexpected warning: " + result.warnings.front();
  for (const auto& info : expected.infos)
    if (!contains(result.infos, info)) return "  missing info: " + info;
  if (expected.no_info && !result.infos.empty())
    return "  unexpected info: " + result.infos.front();
  return {};
}

}  // namespace

std::string compare(const Eval& eval, const Result<QueryResult>& result, const Target& target) {
  const auto& failure = eval.expected.failure;
  if (!result) {
    if (!failure) return "  failed: " + result.error().message;
    if (result.error().message.find(*failure) != std::string::npos) return {};
    return "  expected failure: " + *failure + "\n  got: " + result.error().message;
  }
  if (failure) return "  should have failed: " + *failure;
  std::string difference = compare_value(eval, result->value, target);
  return difference.empty() ? compare_notes(eval.expected, *result) : difference;
}

}  // namespace sluice::query::script
