// rate, increase, delta, irate, idelta, changes, resets: how a series moves inside a window.
#include <cmath>

#include "query/engine/functions.h"

namespace sluice::query {

namespace {

double seconds(std::int64_t ms) { return static_cast<double>(ms) / 1000; }

// Last minus first; for counters, what was counted before each reset is added back.
double raw_increase(std::span<const Sample> samples, bool counter) {
  double result = samples.back().value - samples.front().value;
  if (!counter) return result;
  for (std::size_t i = 1; i < samples.size(); ++i)
    if (samples[i].value < samples[i - 1].value) result += samples[i - 1].value;
  return result;
}

// The observed increase stretched to the window's edges. An edge is assumed to be reached when the
// nearest sample is within 1.1 average intervals of it; otherwise the series is taken to begin (or
// end) half an interval beyond its first (or last) sample. A counter is never stretched to before
// the moment it would have been zero. (Prometheus: the extrapolation of rate().)
double extrapolated(const Window& window, bool counter, bool per_second) {
  const auto samples = window.samples;
  if (samples.size() < 2) return absent_value;
  const double increase = raw_increase(samples, counter);
  const double sampled = seconds(samples.back().timestamp_ms - samples.front().timestamp_ms);
  const double average = sampled / static_cast<double>(samples.size() - 1);
  const double threshold = average * 1.1;

  double to_start = seconds(samples.front().timestamp_ms - window.start_ms);
  double to_end = seconds(window.end_ms - samples.back().timestamp_ms);
  if (to_start >= threshold) to_start = average / 2;
  if (counter && increase > 0 && samples.front().value >= 0)
    to_start = std::min(to_start, sampled * (samples.front().value / increase));
  if (to_end >= threshold) to_end = average / 2;

  double factor = (sampled + to_start + to_end) / sampled;
  if (per_second) factor /= seconds(window.end_ms - window.start_ms);
  return increase * factor;
}

double rate(const Window& w) { return extrapolated(w, true, true); }
double increase(const Window& w) { return extrapolated(w, true, false); }
double delta(const Window& w) { return extrapolated(w, false, false); }

double instant_change(const Window& window, bool counter_rate) {
  if (window.samples.size() < 2) return absent_value;
  const Sample& last = window.samples.back();
  const Sample& before = window.samples[window.samples.size() - 2];
  if (!counter_rate) return last.value - before.value;
  const double change = last.value < before.value ? last.value : last.value - before.value;
  return change / seconds(last.timestamp_ms - before.timestamp_ms);
}

double irate(const Window& w) { return instant_change(w, true); }
double idelta(const Window& w) { return instant_change(w, false); }

double changes(const Window& window) {
  double count = 0;
  for (std::size_t i = 1; i < window.samples.size(); ++i) {
    const double before = window.samples[i - 1].value;
    const double now = window.samples[i].value;
    if (now != before && !(std::isnan(now) && std::isnan(before))) ++count;
  }
  return count;
}

double resets(const Window& window) {
  double count = 0;
  for (std::size_t i = 1; i < window.samples.size(); ++i)
    if (window.samples[i].value < window.samples[i - 1].value) ++count;
  return count;
}

}  // namespace

std::vector<Function> rate_functions() {
  const auto of_range = [](std::string_view name, RangeFn fn) {
    return Function{name, ValueType::instant_vector, {ValueType::range_vector}, 0, fn};
  };
  return {of_range("rate", rate),       of_range("increase", increase), of_range("delta", delta),
          of_range("irate", irate),     of_range("idelta", idelta),
          of_range("changes", changes), of_range("resets", resets)};
}

}  // namespace sluice::query
