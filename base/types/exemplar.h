// Exemplars: single observations behind a series' samples, most often with the trace they come
// from.
#pragma once

#include <cstdint>
#include <vector>

#include "base/types/labels.h"

namespace sluice {

struct Exemplar {
  LabelSet labels;  // of the exemplar, as trace_id; not those of its series
  double value = 0;
  std::int64_t timestamp_ms = 0;
  friend bool operator==(const Exemplar&, const Exemplar&) = default;
};

struct SeriesExemplars {
  LabelSet series;
  std::vector<Exemplar> exemplars;
};

// OpenMetrics' rules: labels in UTF-8, of 128 characters at most, names and values together.
bool valid_exemplar(const Exemplar& exemplar);

}  // namespace sluice
