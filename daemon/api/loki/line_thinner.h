// LineThinner: `interval` of query_range: each line must be at least that much after (before, when
// going backward) the one kept last. Takes results slice by slice, in the query's direction. Pure.
#pragma once

#include <cstddef>
#include <optional>

#include "query/engine/engine.h"

namespace sluice::api::loki {

class LineThinner {
 public:
  LineThinner(Duration interval, const query::LogLimits& limits)
      : interval_(interval), left_(limits.limit), direction_(limits.direction) {}

  query::Streams operator()(query::Streams streams);

 private:
  bool take(Timestamp timestamp);

  Duration interval_;
  std::size_t left_;
  query::Direction direction_;
  std::optional<Timestamp> last_;
};

}  // namespace sluice::api::loki
