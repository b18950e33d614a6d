// rate, increase, delta, irate, idelta, changes, resets: how a series moves inside a window.
#include <algorithm>
#include <cmath>

#include "query/engine/extended_window.h"
#include "query/engine/functions.h"

namespace sluice::query {

namespace {

double seconds(std::int64_t ms) {
  return static_cast<double>(ms) / 1000;
}

// Last minus first; for counters, what was counted before each reset is added back.
double raw_increase(std::span<const Sample> samples, bool counter) {
  double result = samples.back().value - samples.front().value;
  if (!counter) return result;
  for (std::size_t i = 1; i < samples.size(); ++i)
    if (samples[i].value < samples[i - 1].value) result += samples[i - 1].value;
  return result;
}

// The factor that stretches the observed increase to the window's edges. An edge is assumed to be
// reached when the nearest sample is within 1.1 average intervals of it; otherwise the series is
// taken to begin (or end) half an interval beyond its first (or last) sample. A counter is never
// stretched to before the moment it would have been zero: `zero_start` is what it had at its first
// sample. (Prometheus: the extrapolation of rate().)
double extrapolation(const Window& window, double zero_start, double increase, bool counter,
                     bool per_second) {
  const auto samples = window.samples;
  const double sampled = seconds(samples.back().timestamp_ms - samples.front().timestamp_ms);
  const double average = sampled / static_cast<double>(samples.size() - 1);
  const double threshold = average * 1.1;

  double to_start = seconds(samples.front().timestamp_ms - window.start_ms);
  double to_end = seconds(window.end_ms - samples.back().timestamp_ms);
  if (to_start >= threshold) to_start = average / 2;
  if (counter && increase > 0 && zero_start >= 0)
    to_start = std::min(to_start, sampled * (zero_start / increase));
  if (to_end >= threshold) to_end = average / 2;

  double factor = (sampled + to_start + to_end) / sampled;
  if (per_second) factor /= seconds(window.end_ms - window.start_ms);
  return factor;
}

double extrapolated(const Window& window, bool counter, bool per_second) {
  const auto samples = window.samples;
  if (samples.size() < 2) return absent_value;
  const double increase = raw_increase(samples, counter);
  return increase * extrapolation(window, samples.front().value, increase, counter, per_second);
}

using Histograms = std::vector<const NativeHistogram*>;

// Empty if a float is among the samples, which is noted.
Histograms all_histograms(const Window& window, std::span<const Sample> samples) {
  Histograms all;
  for (const Sample& sample : samples) {
    all.push_back(window.histogram(sample));
    if (all.back()) continue;
    window.out.mixed = true;
    return {};
  }
  return all;
}

// What there is to subtract from the last one. A counter's reset right after the first sample makes
// that one's buckets irrelevant, whatever their layout.
NativeHistogram first_of(const Histograms& all, bool counter) {
  if (!counter || !is_reset(*all[0], *all[1])) return *all[0];
  NativeHistogram nothing;
  nothing.schema = all[1]->schema;
  nothing.custom_values = all[1]->custom_values;
  nothing.zero_threshold = all[1]->zero_threshold;
  return nothing;
}

// Notes what is wrong about hints and layouts; false if no increase can be told.
bool check_layout(const Window& window, const Histograms& all, bool custom, bool counter) {
  const auto is_gauge = [](const NativeHistogram* h) { return h->hint == CounterReset::gauge; };
  if (counter && std::any_of(all.begin(), all.end(), is_gauge)) window.out.not_counter = true;
  if (!counter && !(is_gauge(all.front()) && is_gauge(all.back()))) window.out.not_gauge = true;
  const bool same = std::all_of(all.begin() + 1, all.end(), [custom](const NativeHistogram* h) {
    return h->custom() == custom;
  });
  if (!same) window.out.mixed_schemas = true;
  return same;
}

// Last minus first, and for counters what was there before each reset.
std::optional<NativeHistogram> histogram_growth(const Window& window, const Histograms& all,
                                                bool counter) {
  const NativeHistogram first = first_of(all, counter);
  if (!check_layout(window, all, first.custom(), counter)) return std::nullopt;
  NativeHistogram growth = *all.back();
  HistogramNotes& notes = window.out.subtraction;
  HistogramNotes hints;
  subtract_from(growth, first, hints);
  notes.reconciled = notes.reconciled || hints.reconciled;
  for (std::size_t i = 1; counter && i < all.size(); ++i)
    if (is_reset(*all[i - 1], *all[i])) add_to(growth, i == 1 ? first : *all[i - 1], hints);
  growth.hint = CounterReset::gauge;
  return growth;
}

double extrapolated_histogram(const Window& window, bool counter, bool per_second) {
  if (window.samples.size() < 2) return absent_value;
  const auto all = all_histograms(window, window.samples);
  if (all.empty()) return absent_value;
  auto growth = histogram_growth(window, all, counter);
  if (!growth) return absent_value;
  multiply(*growth, extrapolation(window, all.front()->count, growth->count, counter, per_second));
  compact(*growth);
  return window.emit(std::move(*growth));
}

double histogram_rate(const Window& w) {
  return extrapolated_histogram(w, true, true);
}
double histogram_increase(const Window& w) {
  return extrapolated_histogram(w, true, false);
}
double histogram_delta(const Window& w) {
  return extrapolated_histogram(w, false, false);
}

double instant_histogram(const Window& window, bool counter_rate) {
  if (window.samples.size() < 2) return absent_value;
  const auto last_two = window.samples.last(2);
  const auto both = all_histograms(window, last_two);
  if (both.empty()) return absent_value;
  // After a reset nothing is subtracted, whatever the layout was before.
  const bool reset = counter_rate && is_reset(*both[0], *both[1]);
  if (reset)
    for (const NativeHistogram* one : both) check_layout(window, {one}, one->custom(), true);
  else if (!check_layout(window, both, both[0]->custom(), counter_rate))
    return absent_value;
  NativeHistogram change = *both[1];
  HistogramNotes hints;
  if (!reset) subtract_from(change, *both[0], hints);
  if (hints.reconciled) window.out.subtraction.reconciled = true;
  change.hint = CounterReset::gauge;
  if (counter_rate) divide(change, seconds(last_two[1].timestamp_ms - last_two[0].timestamp_ms));
  compact(change);
  return window.emit(std::move(change));
}

double histogram_irate(const Window& w) {
  return instant_histogram(w, true);
}
double histogram_idelta(const Window& w) {
  return instant_histogram(w, false);
}

double rate(const Window& w) {
  return extrapolated(w, true, true);
}
double increase(const Window& w) {
  return extrapolated(w, true, false);
}
double delta(const Window& w) {
  return extrapolated(w, false, false);
}

double instant_change(const Window& window, bool counter_rate) {
  if (window.samples.size() < 2) return absent_value;
  const Sample& last = window.samples.back();
  const Sample& before = window.samples[window.samples.size() - 2];
  if (!counter_rate) return last.value - before.value;
  const double change = last.value < before.value ? last.value : last.value - before.value;
  return change / seconds(last.timestamp_ms - before.timestamp_ms);
}

double irate(const Window& w) {
  return instant_change(w, true);
}
double idelta(const Window& w) {
  return instant_change(w, false);
}

bool changed(const Window& window, const Sample& before, const Sample& now) {
  const NativeHistogram* old = window.histogram(before);
  const NativeHistogram* current = window.histogram(now);
  if (old && current) return !equal(*old, *current);
  if (old || current) return true;
  return now.value != before.value && !(std::isnan(now.value) && std::isnan(before.value));
}

bool was_reset(const Window& window, const Sample& before, const Sample& now) {
  const NativeHistogram* old = window.histogram(before);
  const NativeHistogram* current = window.histogram(now);
  if (old && current) return is_reset(*old, *current);
  return old || current || now.value < before.value;
}

double changes(const Window& window) {
  double count = 0;
  for (std::size_t i = 1; i < window.samples.size(); ++i) {
    if (changed(window, window.samples[i - 1], window.samples[i])) ++count;
  }
  return count;
}

double resets(const Window& window) {
  double count = 0;
  for (std::size_t i = 1; i < window.samples.size(); ++i)
    if (was_reset(window, window.samples[i - 1], window.samples[i])) ++count;
  return count;
}

template <Extended what, bool smoothed>
double extended(const Window& window) {
  return extended_value(window, what, smoothed);
}

template <bool smoothed>
double extended_rate(const Window& window) {
  const double increase = extended_value(window, Extended::increase, smoothed);
  return is_absent(increase) ? increase : increase / seconds(window.end_ms - window.start_ms);
}

}  // namespace

std::vector<Function> rate_functions() {
  const auto of_range = [](std::string_view name, RangeFn fn, RangeFn of_histograms,
                           RangeFn anchored = nullptr, RangeFn smoothed = nullptr) {
    return Function{name,
                    ValueType::instant_vector,
                    {ValueType::range_vector},
                    0,
                    fn,
                    false,
                    of_histograms ? HistogramUse::separate : HistogramUse::any,
                    of_histograms,
                    anchored,
                    smoothed};
  };
  return {of_range("rate", rate, histogram_rate, extended_rate<false>, extended_rate<true>),
          of_range("increase", increase, histogram_increase, extended<Extended::increase, false>,
                   extended<Extended::increase, true>),
          of_range("delta", delta, histogram_delta, extended<Extended::delta, false>,
                   extended<Extended::delta, true>),
          of_range("irate", irate, histogram_irate),
          of_range("idelta", idelta, histogram_idelta),
          of_range("changes", changes, nullptr, extended<Extended::changes, false>),
          of_range("resets", resets, nullptr, extended<Extended::resets, false>)};
}

}  // namespace sluice::query
