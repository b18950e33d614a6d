// An exemplar as a target exposes it: its time may be missing.
#pragma once

#include <cstdint>
#include <optional>

#include "base/types/labels.h"

namespace sluice::scrape {

struct ExposedExemplar {
  LabelSet labels;
  double value = 0;
  std::optional<std::int64_t> timestamp_ms;
};

}  // namespace sluice::scrape
