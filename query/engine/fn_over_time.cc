// The *_over_time family: aggregations of one series over a window.
#include <algorithm>
#include <cmath>

#include "query/engine/functions.h"
#include "query/engine/numeric.h"

namespace sluice::query {

namespace {

double avg(const Window& window) {
  Mean mean;
  for (const Sample& s : window.samples) mean.add(s.value);
  return mean.value();
}

double sum(const Window& window) {
  KahanSum total;
  for (const Sample& s : window.samples) total.add(s.value);
  return total.value();
}

double count(const Window& window) { return static_cast<double>(window.samples.size()); }
double present(const Window&) { return 1; }
double keep(const Window& window, const Sample& sample) {
  const NativeHistogram* histogram = window.histogram(sample);
  return histogram ? window.emit(*histogram) : sample.value;
}
double first(const Window& window) { return keep(window, window.samples.front()); }
double last(const Window& window) { return keep(window, window.samples.back()); }

// The sum; nothing if floats or unlike schemas are among them, which is noted.
std::optional<NativeHistogram> total_of(const Window& window) {
  std::optional<NativeHistogram> total;
  for (const Sample& sample : window.samples) {
    const NativeHistogram* histogram = window.histogram(sample);
    if (!histogram) return window.out.mixed = true, std::nullopt;
    if (!total) {
      total = *histogram;
    } else if (!add_to(*total, *histogram, window.out.aggregation)) {
      window.out.mixed_schemas = true;
      return std::nullopt;
    }
  }
  return total;
}

double histogram_sum(const Window& window) {
  auto total = total_of(window);
  return total ? window.emit(std::move(*total)) : absent_value;
}

double histogram_avg(const Window& window) {
  auto total = total_of(window);
  if (!total) return absent_value;
  divide(*total, static_cast<double>(window.samples.size()));
  return window.emit(std::move(*total));
}

// NaN counts only when there is nothing else.
const Sample& extreme(const Window& window, bool greatest) {
  const Sample* best = &window.samples.front();
  for (const Sample& s : window.samples)
    if ((greatest ? s.value > best->value : s.value < best->value) || std::isnan(best->value))
      best = &s;
  return *best;
}
double max(const Window& window) { return extreme(window, true).value; }
double min(const Window& window) { return extreme(window, false).value; }

double stdvar(const Window& window) {
  Variance variance;
  for (const Sample& s : window.samples) variance.add(s.value);
  return variance.value();
}
double stddev(const Window& window) { return std::sqrt(stdvar(window)); }

std::vector<double> values_of(const Window& window) {
  std::vector<double> values;
  values.reserve(window.samples.size());
  for (const Sample& s : window.samples) values.push_back(s.value);
  return values;
}

double quantile_of(const Window& window) {
  auto values = values_of(window);
  return quantile(window.parameters[0], values);
}

// Median of the absolute deviations from the median.
double mad(const Window& window) {
  auto values = values_of(window);
  const double median = quantile(0.5, values);
  for (double& v : values) v = std::fabs(v - median);
  return quantile(0.5, values);
}

double time_of(const Sample& sample) { return static_cast<double>(sample.timestamp_ms) / 1000; }
double ts_of_first(const Window& window) { return time_of(window.samples.front()); }
double ts_of_last(const Window& window) { return time_of(window.samples.back()); }

// The latest of equal extremes.
double ts_of_extreme(const Window& window, bool greatest) {
  const Sample* best = &window.samples.front();
  for (const Sample& s : window.samples)
    if ((greatest ? s.value >= best->value : s.value <= best->value) || std::isnan(best->value))
      best = &s;
  return time_of(*best);
}
double ts_of_max(const Window& window) { return ts_of_extreme(window, true); }
double ts_of_min(const Window& window) { return ts_of_extreme(window, false); }

}  // namespace

std::vector<Function> over_time_functions() {
  const auto of_range = [](std::string_view name, RangeFn fn) {
    return Function{name, ValueType::instant_vector, {ValueType::range_vector}, 0, fn};
  };
  const auto of_any = [](std::string_view name, RangeFn fn, bool keeps_name = false) {
    return Function{name,      ValueType::instant_vector, {ValueType::range_vector}, 0, fn,
                    keeps_name, HistogramUse::any};
  };
  const auto with = [](std::string_view name, RangeFn fn, RangeFn of_histograms) {
    return Function{name,  ValueType::instant_vector, {ValueType::range_vector}, 0, fn,
                    false, HistogramUse::separate,    of_histograms};
  };
  return {with("avg_over_time", avg, histogram_avg),
          with("sum_over_time", sum, histogram_sum),
          of_any("count_over_time", count),
          of_any("present_over_time", present),
          of_any("first_over_time", first, true),
          of_any("last_over_time", last, true),
          of_range("max_over_time", max),
          of_range("min_over_time", min),
          of_range("stddev_over_time", stddev),
          of_range("stdvar_over_time", stdvar),
          of_range("mad_over_time", mad),
          of_any("ts_of_first_over_time", ts_of_first),
          of_any("ts_of_last_over_time", ts_of_last),
          of_range("ts_of_max_over_time", ts_of_max),
          of_range("ts_of_min_over_time", ts_of_min),
          Function{"quantile_over_time",
                   ValueType::instant_vector,
                   {ValueType::scalar, ValueType::range_vector},
                   0,
                   quantile_of}};
}

}  // namespace sluice::query
