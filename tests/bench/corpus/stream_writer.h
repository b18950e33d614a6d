// Writes one stream of a corpus: FILE.log, its lines, and FILE.times, when each was written: the
// nanoseconds since the epoch of the first and then the difference to the line before, as LEB128.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/types/result.h"
#include "tests/bench/corpus/arrivals.h"
#include "tests/bench/corpus/plan.h"

namespace sluice::bench {

struct StreamSize {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;  // line feeds included
};

// Generates the stream; `sink` gets each line, without line feed, and its time.
using LineSink = std::function<void(std::int64_t unix_ns, const std::string& line)>;
StreamSize generate(const StreamPlan& plan, TimeSpan span, const LineSink& sink);

// Error: io.
Result<StreamSize> write_stream(const StreamPlan& plan, TimeSpan span, const std::string& folder);

}  // namespace sluice::bench
