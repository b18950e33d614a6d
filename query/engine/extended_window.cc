#include "query/engine/extended_window.h"

#include <algorithm>
#include <cmath>

namespace sluice::query {

namespace {

// On the straight line between two samples.
double between(const Sample& before, const Sample& after, double first, double second,
               std::int64_t at_ms) {
  const auto whole = static_cast<double>(after.timestamp_ms - before.timestamp_ms);
  return first + (second - first) * static_cast<double>(at_ms - before.timestamp_ms) / whole;
}

// The last sample at or before the start, else the first; but never the very last of all.
std::size_t first_index(std::span<const Sample> samples, std::int64_t start_ms) {
  const auto last = samples.end() - 1;
  const auto inside = std::find_if(
      samples.begin(), last, [&](const Sample& sample) { return sample.timestamp_ms > start_ms; });
  return inside == samples.begin() ? 0 : static_cast<std::size_t>(inside - samples.begin()) - 1;
}

// The first sample at or after the end, else the last.
std::size_t last_index(std::span<const Sample> samples, std::int64_t end_ms) {
  const auto found = std::find_if(samples.begin(), samples.end() - 1, [&](const Sample& sample) {
    return sample.timestamp_ms >= end_ms;
  });
  return static_cast<std::size_t>(found - samples.begin());
}

// What a counter had at the edge: one that was reset between the samples counted from zero at the
// left edge, and went on counting at the right one.
double left_edge(std::span<const Sample> samples, std::size_t first, std::int64_t at_ms,
                 bool counter) {
  const Sample& before = samples[first];
  if (before.timestamp_ms >= at_ms || first + 1 >= samples.size()) return before.value;
  const Sample& after = samples[first + 1];
  const bool reset = counter && after.value < before.value;
  return between(before, after, reset ? 0 : before.value, after.value, at_ms);
}

double right_edge(std::span<const Sample> samples, std::size_t last, std::int64_t at_ms,
                  bool counter) {
  const Sample& after = samples[last];
  if (after.timestamp_ms <= at_ms || last == 0) return after.value;
  const Sample& before = samples[last - 1];
  const bool reset = counter && after.value < before.value;
  return between(before, after, before.value, after.value + (reset ? before.value : 0), at_ms);
}

double growth(const Window& window, bool counter, bool smoothed) {
  const auto samples = window.samples;
  const std::size_t first = first_index(samples, window.start_ms);
  const std::size_t last = smoothed ? last_index(samples, window.end_ms) : samples.size() - 1;
  if (samples[last].timestamp_ms <= window.start_ms) return absent_value;
  if (samples[first].timestamp_ms > window.end_ms) return absent_value;
  const double left =
      smoothed ? left_edge(samples, first, window.start_ms, counter) : samples[first].value;
  const double right =
      smoothed ? right_edge(samples, last, window.end_ms, counter) : samples[last].value;
  double result = right - left;
  if (!counter) return result;
  double before = left;
  for (std::size_t i = first; i <= last; ++i) {
    const bool inside =
        samples[i].timestamp_ms > window.start_ms && samples[i].timestamp_ms < window.end_ms;
    const double value = i == last ? right : samples[i].value;
    if (i != last && !inside) continue;
    if (value < before) result += before;
    before = value;
  }
  return result;
}

template <class Counts>
double count_pairs(const Window& window, Counts counts) {
  const auto samples = window.samples.subspan(first_index(window.samples, window.start_ms));
  double count = 0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    if (counts(samples[i - 1].value, samples[i].value)) ++count;
  return count;
}

}  // namespace

double extended_value(const Window& window, Extended what, bool smoothed) {
  switch (what) {
    case Extended::increase: return growth(window, true, smoothed);
    case Extended::delta: return growth(window, false, smoothed);
    case Extended::changes:
      return count_pairs(window, [](double before, double now) {
        return now != before && !(std::isnan(now) && std::isnan(before));
      });
    case Extended::resets:
      return count_pairs(window, [](double before, double now) { return now < before; });
  }
  return absent_value;
}

double smoothed_value(std::span<const Sample> samples, std::int64_t at_ms) {
  const auto after = std::find_if(samples.begin(), samples.end(), [&](const Sample& sample) {
    return sample.timestamp_ms >= at_ms;
  });
  if (after != samples.end() && after->timestamp_ms == at_ms) return after->value;
  if (after == samples.begin()) return absent_value;
  const Sample& before = *std::prev(after);
  if (after == samples.end()) return before.value;
  return between(before, *after, before.value, after->value, at_ms);
}

}  // namespace sluice::query
