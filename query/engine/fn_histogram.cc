// histogram_quantile and histogram_fraction over classic buckets and native histograms, and the
// functions of native histograms alone, which skip floats.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>

#include "base/codec/json_writer.h"
#include "query/engine/buckets.h"
#include "query/engine/functions.h"
#include "query/engine/histogram_notes.h"
#include "query/engine/histogram_read.h"

namespace sluice::query {

namespace {

struct BucketColumn {
  double upper_bound;
  std::vector<double> counts;
};
// What shares all labels but `le`: classic buckets, native histograms, or both in turn.
struct Histogram {
  LabelSet labels;
  std::string name;
  std::vector<BucketColumn> buckets;
  GridSeries native;  // without labels
};

bool parse_bound(std::string_view text, double& bound) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), bound);
  return ec == std::errc{} && end == text.data() + text.size() && !text.empty();
}

// The vector stands last, but where any number of quantiles follows it.
const Expr& vector_argument(const FunctionCall& call) {
  return call.argument(call.call.function == "histogram_quantiles" ? 0 : call.size() - 1);
}

void warn_bad_bound(const FunctionCall& call, const GridSeries& series) {
  std::string text = "bucket label \"le\" is missing or has a malformed value of ";
  append_quoted(text, series.labels.get("le"));
  call.evaluator.warn(for_metric(std::move(text), series.labels.get(metric_name_label)),
                      vector_argument(call).span);
}

// The histograms of an argument, by their labels without `le`.
class Collector {
 public:
  explicit Collector(const FunctionCall& call) : call_(call) {}

  Result<void> add(GridSeries&& series) {
    SLUICE_CHECK(call_.evaluator.account(bytes_of(series)));
    if (!series.histograms.empty()) add_native(series);
    if (std::none_of(series.values.begin(), series.values.end(), is_number)) return {};
    double bound = 0;
    if (!parse_bound(series.labels.get("le"), bound)) {
      warn_bad_bound(call_, series);
      return {};
    }
    std::replace_if(series.values.begin(), series.values.end(), is_histogram, absent_value);
    LabelSet labels = series.labels;
    labels.erase("le");
    find(labels).buckets.push_back({bound, std::move(series.values)});
    return {};
  }
  std::vector<Histogram> take() { return std::move(found_); }

 private:
  void add_native(const GridSeries& series) {
    Histogram& histogram = find(series.labels);
    histogram.native.values = series.values;
    for (double& value : histogram.native.values)
      if (is_number(value)) value = absent_value;
    histogram.native.histograms = series.histograms;
  }
  Histogram& find(LabelSet labels) {
    const auto [at, inserted] = index_.try_emplace(labels, found_.size());
    if (inserted) {
      std::string name(labels.get(metric_name_label));
      found_.push_back({std::move(labels), std::move(name), {}, {}});
    }
    return found_[at->second];
  }

  const FunctionCall& call_;
  std::map<LabelSet, std::size_t> index_;
  std::vector<Histogram> found_;
};

Result<std::vector<Histogram>> histograms(const FunctionCall& call, const Expr& argument) {
  Collector collector(call);
  SLUICE_CHECK(call.evaluator.stream(
      argument, call.grid, [&](GridSeries&& series) { return collector.add(std::move(series)); }));
  return collector.take();
}

const NativeHistogram* native_at(const Histogram& histogram, std::size_t step) {
  if (histogram.native.values.empty()) return nullptr;
  return histogram.native.histogram(histogram.native.values[step]);
}

std::vector<Bucket> buckets_at(const Histogram& histogram, std::size_t step) {
  std::vector<Bucket> buckets;
  for (const BucketColumn& column : histogram.buckets)
    if (!is_absent(column.counts[step]))
      buckets.push_back({column.upper_bound, column.counts[step]});
  return buckets;
}

void note_repair(const FunctionCall& call, const Histogram& histogram, BucketRepair repair) {
  if (!repair.forced) return;
  const std::string text =
      "input to histogram_quantile needed to be fixed for monotonicity (see "
      "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
  call.evaluator.info(for_metric(text, histogram.name), vector_argument(call).span);
}

// What to say of observations of NaN, which no bucket holds.
std::string quantile_note(double result) {
  std::string text = "input to histogram_quantile has NaN observations, result is ";
  return text + (std::isnan(result) ? "NaN" : "skewed higher");
}
std::string fraction_note(double) {
  return "input to histogram_fraction has NaN observations, which are excluded from all fractions";
}

void warn_bad_quantile(const FunctionCall& call, const ScalarColumn& phi,
                       std::size_t argument = 0) {
  for (const double q : phi) {
    if (q >= 0 && q <= 1) continue;
    return call.evaluator.warn(
        "quantile value should be between 0 and 1, got " + format_sample_value(q),
        call.argument(argument).span);
  }
}

// How a function reads the two kinds at a step.
struct Reading {
  std::function<double(std::size_t, std::vector<Bucket>&, BucketRepair&)> classic;
  std::function<double(std::size_t, const NativeHistogram&)> native;
  std::string (*nan_note)(double result);
};

class HistogramReader {
 public:
  HistogramReader(const FunctionCall& call, Reading reading)
      : call_(call), reading_(std::move(reading)) {}

  GridSeries read(const Histogram& histogram) {
    GridSeries series{histogram.labels, std::vector<double>(call_.grid.steps, absent_value)};
    BucketRepair repair;
    for (std::size_t i = 0; i < call_.grid.steps; ++i)
      series.values[i] = read_at(histogram, i, repair);
    note_repair(call_, histogram, repair);
    call_.evaluator.drop_name(series);
    return series;
  }

 private:
  double read_at(const Histogram& histogram, std::size_t step, BucketRepair& repair) {
    auto buckets = buckets_at(histogram, step);
    const NativeHistogram* native = native_at(histogram, step);
    if (native && !buckets.empty()) {
      call_.evaluator.warn(
          for_metric("vector contains a mix of classic and native histograms", histogram.name),
          vector_argument(call_).span);
      return absent_value;
    }
    if (!native) return buckets.empty() ? absent_value : reading_.classic(step, buckets, repair);
    const double result = reading_.native(step, *native);
    if (std::isnan(native->sum) && native->count > 0)
      call_.evaluator.info(for_metric(reading_.nan_note(result), histogram.name),
                           vector_argument(call_).span);
    return result;
  }

  const FunctionCall& call_;
  const Reading reading_;
};

Result<EvalValue> read_all(const FunctionCall& call, const std::vector<Histogram>& found,
                           Reading reading) {
  HistogramReader reader(call, std::move(reading));
  GridVector vector;
  for (const Histogram& histogram : found) vector.push_back(reader.read(histogram));
  SLUICE_CHECK(merge_same_labels(vector));
  return EvalValue{std::move(vector)};
}

// `phi` must outlive it.
Reading quantile_reading(const ScalarColumn& phi) {
  return {[&phi](std::size_t i, std::vector<Bucket>& buckets, BucketRepair& repair) {
            return bucket_quantile(phi[i], buckets, repair);
          },
          [&phi](std::size_t i, const NativeHistogram& native) {
            return histogram_quantile_of(phi[i], native);
          },
          quantile_note};
}

Result<EvalValue> histogram_quantile(const FunctionCall& call) {
  SLUICE_TRY(const auto phi, call.evaluator.eval_scalar(call.argument(0), call.grid));
  SLUICE_TRY(const auto found, histograms(call, call.argument(1)));
  warn_bad_quantile(call, phi);
  return read_all(call, found, quantile_reading(phi));
}

// histogram_quantiles(v, "label", φ, φ, ...): each quantile in series of its own, told apart by
// the label.
Result<EvalValue> histogram_quantiles(const FunctionCall& call) {
  if (call.size() < 3) return execution_error("histogram_quantiles() needs at least one quantile");
  SLUICE_TRY(const auto label, call.evaluator.eval(call.argument(1), call.grid));
  const auto& name = std::get<std::string>(label);
  if (name.empty()) return execution_error("invalid label name \"\" in histogram_quantiles()");
  SLUICE_TRY(const auto found, histograms(call, call.argument(0)));
  GridVector all;
  for (std::size_t i = 2; i < call.size(); ++i) {
    SLUICE_TRY(const auto phi, call.evaluator.eval_scalar(call.argument(i), call.grid));
    warn_bad_quantile(call, phi, i);
    SLUICE_TRY(auto value, read_all(call, found, quantile_reading(phi)));
    for (GridSeries& series : std::get<GridVector>(value)) {
      series.labels.set(name, phi.empty() ? "" : format_sample_value(phi.front()));
      all.push_back(std::move(series));
    }
  }
  SLUICE_CHECK(merge_same_labels(all));
  return EvalValue{std::move(all)};
}

Result<EvalValue> histogram_fraction(const FunctionCall& call) {
  SLUICE_TRY(const auto lower, call.evaluator.eval_scalar(call.argument(0), call.grid));
  SLUICE_TRY(const auto upper, call.evaluator.eval_scalar(call.argument(1), call.grid));
  SLUICE_TRY(const auto found, histograms(call, call.argument(2)));
  return read_all(call, found,
                  {[&](std::size_t i, auto& buckets, auto& repair) {
                     return bucket_fraction(lower[i], upper[i], buckets, repair);
                   },
                   [&](std::size_t i, const NativeHistogram& native) {
                     return histogram_fraction_of(lower[i], upper[i], native);
                   },
                   fraction_note});
}

double count_of(const NativeHistogram& histogram) {
  return histogram.count;
}
double sum_of(const NativeHistogram& histogram) {
  return histogram.sum;
}
double average_of(const NativeHistogram& histogram) {
  return histogram.sum / histogram.count;
}
double deviation_of(const NativeHistogram& histogram) {
  return std::sqrt(histogram_variance_of(histogram));
}

template <double (*read)(const NativeHistogram&)>
Result<EvalValue> native_only(const FunctionCall& call) {
  SLUICE_TRY(auto vector, call.evaluator.eval_vector(call.argument(0), call.grid));
  for (GridSeries& series : vector) {
    for (double& value : series.values) {
      const NativeHistogram* histogram = series.histogram(value);
      value = histogram ? read(*histogram) : absent_value;
    }
    series.histograms.clear();
  }
  drop_empty(vector);
  SLUICE_CHECK(call.evaluator.drop_names(vector));
  return EvalValue{std::move(vector)};
}

Function of_native(std::string_view name, GeneralFn fn) {
  return {name, ValueType::instant_vector, {ValueType::instant_vector}, 0, fn};
}

}  // namespace

std::vector<Function> histogram_functions() {
  const auto vector = ValueType::instant_vector;
  const auto scalar = ValueType::scalar;
  return {Function{"histogram_quantile", vector, {scalar, vector}, 0, histogram_quantile},
          Function{"histogram_quantiles",
                   vector,
                   {vector, ValueType::string, scalar},
                   10,
                   histogram_quantiles},
          Function{"histogram_fraction", vector, {scalar, scalar, vector}, 0, histogram_fraction},
          of_native("histogram_avg", native_only<average_of>),
          of_native("histogram_count", native_only<count_of>),
          of_native("histogram_sum", native_only<sum_of>),
          of_native("histogram_stddev", native_only<deviation_of>),
          of_native("histogram_stdvar", native_only<histogram_variance_of>)};
}

}  // namespace sluice::query
