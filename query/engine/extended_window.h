// Windows of range selectors with a modifier: `anchored` adds the last sample before the window,
// `smoothed` interpolates at its edges between the samples around them. (Prometheus, extended range
// selectors.) Pure.
#pragma once

#include "query/engine/functions.h"

namespace sluice::query {

// What the function needs of a window that reaches beyond its edges.
enum class Extended {
  increase,  // counter: rate() divides it by the length
  delta,
  changes,
  resets,
};

// The samples of `window` are those up to a lookback before its start, with `smoothed` also up to
// one after its end. Floats only. Returns absent_value for "no result".
double extended_value(const Window& window, Extended what, bool smoothed);

// A selector's value at a time between two samples; `samples` reach a lookback to both sides.
double smoothed_value(std::span<const Sample> samples, std::int64_t at_ms);

}  // namespace sluice::query
