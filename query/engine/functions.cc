#include "query/engine/functions.h"

#include <algorithm>
#include <map>

#include "base/codec/json_writer.h"
#include "query/engine/histogram_notes.h"

namespace sluice::query {

namespace {

using Table = std::map<std::string_view, Function>;

Table make_table() {
  Table table;
  for (const auto& family :
       {rate_functions(), over_time_functions(), regression_functions(), math_functions(),
        time_functions(), vector_functions(), absent_functions(), sort_functions(),
        label_functions(), histogram_functions(), info_functions(), query_functions()})
    for (const Function& function : family) table.emplace(function.name, function);
  return table;
}

// The scalar arguments of a call, evaluated; row(i) are their values at step i.
class Parameters {
 public:
  static Result<Parameters> evaluate(Evaluator& evaluator, const Call& call, std::size_t skip,
                                     const StepGrid& grid) {
    Parameters parameters;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      if (i == skip) continue;
      SLUICE_TRY(auto column, evaluator.eval_scalar(*call.arguments[i], grid));
      parameters.columns_.push_back(std::move(column));
    }
    parameters.row_.resize(parameters.columns_.size());
    return parameters;
  }
  std::span<const double> row(std::size_t step) {
    for (std::size_t i = 0; i < columns_.size(); ++i) row_[i] = columns_[i][step];
    return row_;
  }

 private:
  std::vector<ScalarColumn> columns_;
  std::vector<double> row_;
};

bool of_histogram(const Sample& sample) {
  return is_histogram(sample.value);
}

// A window of a series that has histograms, as far as the function looks at them.
double apply_mixed(const Function& function, RangeFn apply, Window window,
                   std::vector<Sample>& floats) {
  const bool plain = apply == std::get<RangeFn>(function.implementation);
  const auto& samples = window.samples;
  if ((plain && function.histograms == HistogramUse::any) ||
      std::none_of(samples.begin(), samples.end(), of_histogram))
    return apply(window);
  if (plain && function.histograms == HistogramUse::separate) return function.of_histograms(window);
  floats.clear();
  std::remove_copy_if(samples.begin(), samples.end(), std::back_inserter(floats), of_histogram);
  if (floats.empty()) return absent_value;
  window.out.ignored = true;
  window.samples = floats;
  return apply(window);
}

// The function as the windows want it: those that reach beyond their edges have their own.
RangeFn range_function(const Function& function, const Windows& windows) {
  if (windows.after_ms > 0) return function.smoothed;
  if (windows.before_ms > 0) return function.extended;
  return std::get<RangeFn>(function.implementation);
}

std::vector<double> apply_windows(const Function& function, const RangeSeries& series,
                                  const Windows& windows, Parameters& parameters,
                                  WindowOutput& out) {
  const RangeFn apply = range_function(function, windows);
  WindowSlider slider(series.samples);
  std::vector<Sample> floats;
  std::vector<double> values(windows.grid.steps, absent_value);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t start = windows.start_of(i);
    const std::int64_t end = windows.end_of(i);
    const auto inside = slider.slide(saturating_sub(start, windows.before_ms),
                                     saturating_add(end, windows.after_ms));
    if (inside.empty()) continue;
    const Window window{
        inside, start, end, windows.grid.at(i), parameters.row(i), series.histograms, out};
    values[i] =
        series.histograms.empty() ? apply(window) : apply_mixed(function, apply, window, floats);
  }
  return values;
}

bool named_like_counter(std::string_view name) {
  return name.ends_with("_total") || name.ends_with("_sum") || name.ends_with("_count") ||
         name.ends_with("_bucket");
}

// Names of native histograms that count do not end like those of counters.
void note_non_counter(Evaluator& evaluator, const Call& call, const RangeSeries& series) {
  if (call.function != "rate" && call.function != "increase") return;
  if (!series.histograms.empty()) return;
  const LabelSet& labels = series.labels;
  const auto name = labels.get(metric_name_label);
  const auto type = labels.get(metric_type_label);
  const bool typed = evaluator.options().type_labels;
  const bool counts = typed ? type == "counter" || type == "histogram" : named_like_counter(name);
  if (name.empty() || counts) return;
  std::string text = "metric might not be a counter, ";
  if (typed) {
    text += R"(__type__ label is not set to "counter" or "histogram", got )";
    append_quoted(text, type);
    text += ": ";
  } else {
    text += "name does not end in _total/_sum/_count/_bucket: ";
  }
  append_quoted(text, name);
  evaluator.info(text, call.arguments[0]->span);
}

void note_bad_quantile(Evaluator& evaluator, const Call& call, Parameters& parameters,
                       const StepGrid& grid) {
  if (call.function != "quantile_over_time") return;
  for (std::size_t i = 0; i < grid.steps; ++i) {
    const double q = parameters.row(i)[0];
    if (q >= 0 && q <= 1) continue;
    return evaluator.warn("quantile value should be between 0 and 1, got " + format_sample_value(q),
                          call.arguments[0]->span);
  }
}

Result<EvalValue> eval_range_call(Evaluator& evaluator, const Call& call, const Function& function,
                                  const StepGrid& grid) {
  GridVector vector;
  SLUICE_CHECK(stream_range_call(evaluator, call, grid, [&](GridSeries&& series) -> Result<void> {
    SLUICE_CHECK(evaluator.account(bytes_of(series)));
    vector.push_back(std::move(series));
    return {};
  }));
  if (!function.keeps_name) SLUICE_CHECK(merge_same_labels(vector));
  return EvalValue{std::move(vector)};
}

Result<EvalValue> eval_element_call(Evaluator& evaluator, const Call& call, const StepGrid& grid) {
  GridVector vector;
  SLUICE_CHECK(stream_element_call(evaluator, call, grid, [&](GridSeries&& series) -> Result<void> {
    SLUICE_CHECK(evaluator.account(bytes_of(series)));
    vector.push_back(std::move(series));
    return {};
  }));
  SLUICE_CHECK(merge_same_labels(vector));
  return EvalValue{std::move(vector)};
}

}  // namespace

const Function* find_function(std::string_view name) {
  static const Table table = make_table();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

std::size_t range_argument(const Function& function) {
  const auto found =
      std::find(function.arguments.begin(), function.arguments.end(), ValueType::range_vector);
  return static_cast<std::size_t>(found - function.arguments.begin());
}

Result<void> stream_range_call(Evaluator& evaluator, const Call& call, const StepGrid& grid,
                               const SeriesSink& sink) {
  const Function& function = *find_function(call.function);
  const std::size_t index = range_argument(function);
  const Expr& range = *call.arguments[index];
  SLUICE_TRY(auto parameters, Parameters::evaluate(evaluator, call, index, grid));
  SLUICE_TRY(const Windows windows, evaluator.range_windows(range, grid));
  note_bad_quantile(evaluator, call, parameters, grid);
  return evaluator.stream_ranges(range, grid, [&](const RangeSeries& series) -> Result<void> {
    if (series.samples.empty()) return {};
    note_non_counter(evaluator, call, series);
    WindowOutput output;
    auto values = apply_windows(function, series, windows, parameters, output);
    note_windows(evaluator, output, series.labels, range.span);
    if (std::all_of(values.begin(), values.end(), is_absent)) return {};
    GridSeries out{series.labels, std::move(values), std::move(output.histograms),
                   series.drops_name};
    if (!function.keeps_name) evaluator.drop_name(out);
    return sink(std::move(out));
  });
}

Result<void> stream_element_call(Evaluator& evaluator, const Call& call, const StepGrid& grid,
                                 const SeriesSink& sink) {
  const auto apply = std::get<ElementFn>(find_function(call.function)->implementation);
  SLUICE_TRY(auto parameters, Parameters::evaluate(evaluator, call, 0, grid));
  return evaluator.stream(*call.arguments[0], grid, [&](GridSeries&& series) -> Result<void> {
    for (std::size_t i = 0; i < grid.steps; ++i)
      if (const double v = series.values[i]; !is_absent(v))
        series.values[i] = is_histogram(v) ? absent_value : apply(v, parameters.row(i));
    if (std::all_of(series.values.begin(), series.values.end(), is_absent)) return {};
    series.histograms.clear();
    evaluator.drop_name(series);
    return sink(std::move(series));
  });
}

Result<EvalValue> eval_call(Evaluator& evaluator, const Call& call, const Expr& expr,
                            const StepGrid& grid) {
  const Function* function = find_function(call.function);
  if (!function) return execution_error("unknown function \"" + call.function + "\"");
  if (std::holds_alternative<RangeFn>(function->implementation))
    return eval_range_call(evaluator, call, *function, grid);
  if (std::holds_alternative<ElementFn>(function->implementation))
    return eval_element_call(evaluator, call, grid);
  return std::get<GeneralFn>(function->implementation)(FunctionCall{evaluator, call, expr, grid});
}

}  // namespace sluice::query
