#include "agent/pipeline/line_clock.h"

namespace sluice::agent {
namespace {

bool continues(std::string_view line, LinePart part) {
  if (part == LinePart::middle || part == LinePart::last) return true;
  return line.empty() || line.front() == ' ' || line.front() == '\t';
}

}  // namespace

Timestamp LineClock::stamp(std::string_view line, LinePart part) {
  if (continues(line, part)) {
    if (!previous_) previous_ = fallback_;
    return *previous_;
  }
  previous_ = find_timestamp(line, context_).value_or(fallback_);
  return *previous_;
}

}  // namespace sluice::agent
