// histogram_quantile and histogram_fraction over classic buckets, and the functions of native
// histograms. The store keeps float samples only, and those functions skip float samples, so their
// result here is the empty vector, exactly as Prometheus answers for such series.
#include <charconv>
#include <map>

#include "base/codec/json_writer.h"
#include "query/engine/buckets.h"
#include "query/engine/functions.h"

namespace sluice::query {

namespace {

struct BucketColumn {
  double upper_bound;
  std::vector<double> counts;
};
// One histogram: the buckets that share all labels but `le`.
struct Histogram {
  LabelSet labels;
  std::string name;
  std::vector<BucketColumn> buckets;
};

bool parse_bound(std::string_view text, double& bound) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), bound);
  return ec == std::errc{} && end == text.data() + text.size() && !text.empty();
}

void warn_bad_bound(const FunctionCall& call, const GridSeries& series) {
  std::string text = "bucket label \"le\" is missing or has a malformed value of ";
  append_quoted(text, series.labels.get("le"));
  const auto name = series.labels.get(metric_name_label);
  if (!name.empty()) {
    text += " for metric name ";
    append_quoted(text, name);
  }
  call.evaluator.warn(text, call.argument(call.size() - 1).span);
}

Result<std::vector<Histogram>> histograms(const FunctionCall& call, const Expr& argument) {
  std::map<LabelSet, std::size_t> index;
  std::vector<Histogram> found;
  SLUICE_CHECK(
      call.evaluator.stream(argument, call.grid, [&](GridSeries&& series) -> Result<void> {
        SLUICE_CHECK(call.evaluator.account(bytes_of(series)));
        double bound = 0;
        if (!parse_bound(series.labels.get("le"), bound)) {
          warn_bad_bound(call, series);
          return {};
        }
        std::string name(series.labels.get(metric_name_label));
        series.labels.erase("le");
        const auto [at, inserted] = index.try_emplace(series.labels, found.size());
        series.labels.erase(metric_name_label);
        if (inserted) found.push_back({series.labels, std::move(name), {}});
        found[at->second].buckets.push_back({bound, std::move(series.values)});
        return {};
      }));
  return found;
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
  std::string text =
      "input to histogram_quantile needed to be fixed for monotonicity (see "
      "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)";
  if (!histogram.name.empty()) {
    text += " for metric name ";
    append_quoted(text, histogram.name);
  }
  call.evaluator.info(text, call.argument(call.size() - 1).span);
}

void warn_bad_quantile(const FunctionCall& call, const ScalarColumn& phi) {
  for (const double q : phi) {
    if (q >= 0 && q <= 1) continue;
    return call.evaluator.warn(
        "quantile value should be between 0 and 1, got " + format_sample_value(q),
        call.argument(0).span);
  }
}

// read(step, buckets, repair) for each histogram and each step that has buckets.
template <class Read>
Result<EvalValue> read_all(const FunctionCall& call, const std::vector<Histogram>& found,
                           Read read) {
  GridVector vector;
  for (const Histogram& histogram : found) {
    GridSeries series{histogram.labels, std::vector<double>(call.grid.steps, absent_value)};
    BucketRepair repair;
    for (std::size_t i = 0; i < call.grid.steps; ++i)
      if (auto buckets = buckets_at(histogram, i); !buckets.empty())
        series.values[i] = read(i, buckets, repair);
    note_repair(call, histogram, repair);
    vector.push_back(std::move(series));
  }
  SLUICE_CHECK(merge_same_labels(vector));
  return EvalValue{std::move(vector)};
}

Result<EvalValue> histogram_quantile(const FunctionCall& call) {
  SLUICE_TRY(const auto phi, call.evaluator.eval_scalar(call.argument(0), call.grid));
  SLUICE_TRY(const auto found, histograms(call, call.argument(1)));
  warn_bad_quantile(call, phi);
  return read_all(call, found, [&](std::size_t i, auto& buckets, auto& repair) {
    return bucket_quantile(phi[i], buckets, repair);
  });
}

Result<EvalValue> histogram_fraction(const FunctionCall& call) {
  SLUICE_TRY(const auto lower, call.evaluator.eval_scalar(call.argument(0), call.grid));
  SLUICE_TRY(const auto upper, call.evaluator.eval_scalar(call.argument(1), call.grid));
  SLUICE_TRY(const auto found, histograms(call, call.argument(2)));
  return read_all(call, found, [&](std::size_t i, auto& buckets, auto& repair) {
    return bucket_fraction(lower[i], upper[i], buckets, repair);
  });
}

Result<EvalValue> native_only(const FunctionCall& call) {
  SLUICE_TRY(auto ignored, call.evaluator.eval_vector(call.argument(0), call.grid));
  ignored.clear();
  return EvalValue{std::move(ignored)};
}

}  // namespace

std::vector<Function> histogram_functions() {
  const auto vector = ValueType::instant_vector;
  const auto scalar = ValueType::scalar;
  std::vector<Function> functions = {
      Function{"histogram_quantile", vector, {scalar, vector}, 0, histogram_quantile},
      Function{"histogram_fraction", vector, {scalar, scalar, vector}, 0, histogram_fraction}};
  for (const auto* name : {"histogram_avg", "histogram_count", "histogram_sum",
                           "histogram_stddev", "histogram_stdvar"})
    functions.push_back(Function{name, vector, {vector}, 0, native_only});
  return functions;
}

}  // namespace sluice::query
