#include "query/engine/log_function.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace sluice::query {

namespace {

using A = const Aggregate&;

double stdvar(A w, double) {
  return w.m2 / w.count;
}

// Linear interpolation between the ranks around phi * (n - 1), as Prometheus does.
double quantile(std::span<const TimedValue> window, double phi, double) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (std::isnan(phi)) return phi;
  if (phi < 0) return -inf;
  if (phi > 1) return inf;
  std::vector<double> values;
  values.reserve(window.size());
  for (const auto& [t, value] : window) values.push_back(value);
  // NaN sorts first.
  std::sort(values.begin(), values.end(),
            [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; });
  const double rank = phi * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(std::floor(rank));
  const auto upper = std::min(lower + 1, values.size() - 1);
  const double weight = rank - std::floor(rank);
  return values[lower] * (1 - weight) + values[upper] * weight;
}

// The increase of a counter, resets included, per second of the range; 0 of a single value. What
// Loki adds for the edges of the window is less than a part in 10,000: it takes nanoseconds for
// milliseconds there.
double counter_rate(std::span<const TimedValue> window, double, double seconds) {
  double increase = 0;
  for (std::size_t i = 1; i < window.size(); ++i) {
    const double previous = window[i - 1].second;
    const double value = window[i].second;
    increase += value < previous ? value : value - previous;
  }
  return increase / seconds;
}

constexpr LogFunction plain(std::string_view name, double (*of)(A, double)) {
  return {name, LogFunctionInput::aggregate, false, false, of, nullptr};
}
constexpr LogFunction total(std::string_view name, double (*of)(A, double)) {
  return {name, LogFunctionInput::total, false, false, of, nullptr};
}
constexpr LogFunction bytes(std::string_view name, double (*of)(A, double)) {
  return {name, LogFunctionInput::total, true, false, of, nullptr};
}

const std::array<LogFunction, 15>& functions() {
  static constexpr std::array<LogFunction, 15> table = {{
      total("count_over_time", [](A w, double) { return w.count; }),
      total("rate", [](A w, double seconds) { return w.sum.value() / seconds; }),
      bytes("bytes_over_time", [](A w, double) { return w.sum.value(); }),
      bytes("bytes_rate", [](A w, double seconds) { return w.sum.value() / seconds; }),
      total("sum_over_time", [](A w, double) { return w.sum.value(); }),
      total("avg_over_time", [](A w, double) { return w.sum.value() / w.count; }),
      plain("min_over_time", [](A w, double) { return w.min; }),
      plain("max_over_time", [](A w, double) { return w.max; }),
      plain("first_over_time", [](A w, double) { return w.first; }),
      plain("last_over_time", [](A w, double) { return w.last; }),
      plain("stdvar_over_time", stdvar),
      plain("stddev_over_time", [](A w, double s) { return std::sqrt(stdvar(w, s)); }),
      {"absent_over_time", LogFunctionInput::total, false, true,
       [](A w, double) { return w.count; }, nullptr},
      {"quantile_over_time", LogFunctionInput::samples, false, false, nullptr, quantile},
      {"rate_counter", LogFunctionInput::samples, false, false, nullptr, counter_rate},
  }};
  return table;
}

}  // namespace

const LogFunction* find_log_function(std::string_view name) {
  for (const auto& function : functions())
    if (function.name == name) return &function;
  return nullptr;
}

}  // namespace sluice::query
