// LineSource: an endless log of one stream. Not thread-safe; one per stream.
#pragma once

#include <string>
#include <string_view>

#include "tests/bench/corpus/time_layout.h"

namespace sluice::bench {

// Something put into a stream on purpose, so that a query for it has a known answer.
struct Plant {
  enum class What { word, user, trace } what = What::word;
  std::string text;
  double at = 0;  // where in the stream, 0..1
};

class LineSource {
 public:
  virtual ~LineSource() = default;
  // Replaces `line` by the next line, without line feed. May move `moment` forward when a line as
  // of this moment would repeat one already written.
  virtual void next(Moment& moment, std::string& line) = 0;
  // The same, with `plant` in it. Sources without users or traces write the text as a word.
  virtual void next_with(const Plant& plant, Moment& moment, std::string& line) = 0;
  // A guess, for pacing.
  virtual double mean_line_bytes() const = 0;
};

}  // namespace sluice::bench
