// LineClock: the timestamp of each line of a batch. Pure.
//
// What the line says of itself (timestamp.h); else, for a continuation (indented, empty, or a later
// part of a cut line), the time of the line before it; else the fallback, which is when the file
// was last written, as far as that is not in the future.
#pragma once

#include <optional>
#include <string_view>

#include "agent/batch/splitter.h"
#include "agent/pipeline/timestamp.h"

namespace sluice::agent {

class LineClock {
 public:
  LineClock(TimeContext context, Timestamp fallback, std::optional<Timestamp> previous)
      : context_(context), fallback_(fallback), previous_(previous) {}

  Timestamp stamp(std::string_view line, LinePart part);
  std::optional<Timestamp> last() const { return previous_; }

 private:
  TimeContext context_;
  Timestamp fallback_;
  std::optional<Timestamp> previous_;
};

}  // namespace sluice::agent
