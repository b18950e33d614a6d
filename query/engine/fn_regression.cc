// deriv, predict_linear, double_exponential_smoothing: trends fitted to a window.
#include <cmath>
#include <limits>

#include "query/engine/functions.h"
#include "query/engine/numeric.h"

namespace sluice::query {

namespace {

struct Line {
  double slope = 0;      // per second
  double intercept = 0;  // at the given time
};

bool constant(std::span<const Sample> samples) {
  for (const Sample& s : samples)
    if (s.value != samples.front().value) return false;
  return true;
}

// Least squares; times count in seconds from `origin_ms`.
Line fit_line(std::span<const Sample> samples, std::int64_t origin_ms) {
  if (constant(samples)) {
    const double y = samples.front().value;
    if (!std::isinf(y)) return {0, y};
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, nan};
  }
  const auto n = static_cast<double>(samples.size());
  KahanSum x_sum, y_sum, xy_sum, xx_sum;
  for (const Sample& s : samples) {
    const double x = static_cast<double>(saturating_sub(s.timestamp_ms, origin_ms)) / 1000;
    x_sum.add(x);
    y_sum.add(s.value);
    xy_sum.add(x * s.value);
    xx_sum.add(x * x);
  }
  const double covariance = xy_sum.value() - x_sum.value() * y_sum.value() / n;
  const double variance = xx_sum.value() - x_sum.value() * x_sum.value() / n;
  const double slope = covariance / variance;
  return {slope, y_sum.value() / n - slope * x_sum.value() / n};
}

double deriv(const Window& window) {
  if (window.samples.size() < 2) return absent_value;
  return fit_line(window.samples, window.samples.front().timestamp_ms).slope;
}

double predict_linear(const Window& window) {
  if (window.samples.size() < 2) return absent_value;
  const Line line = fit_line(window.samples, window.eval_ms);
  return line.slope * window.parameters[0] + line.intercept;
}

bool factor(double v) { return v > 0 && v < 1; }

// Holt's linear method: smoothed level and trend.
double double_exponential_smoothing(const Window& window) {
  const double smoothing = window.parameters[0];
  const double trend_factor = window.parameters[1];
  const auto samples = window.samples;
  if (samples.size() < 2 || !factor(smoothing) || !factor(trend_factor)) return absent_value;
  double level = samples[0].value;
  double trend = samples[1].value - samples[0].value;
  double previous = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (i > 1) trend = trend_factor * (level - previous) + (1 - trend_factor) * trend;
    previous = level;
    level = smoothing * samples[i].value + (1 - smoothing) * (level + trend);
  }
  return level;
}

}  // namespace

std::vector<Function> regression_functions() {
  const auto vector = ValueType::instant_vector;
  return {Function{"deriv", vector, {ValueType::range_vector}, 0, deriv},
          Function{"predict_linear",
                   vector,
                   {ValueType::range_vector, ValueType::scalar},
                   0,
                   predict_linear},
          Function{"double_exponential_smoothing",
                   vector,
                   {ValueType::range_vector, ValueType::scalar, ValueType::scalar},
                   0,
                   double_exponential_smoothing}};
}

}  // namespace sluice::query
