// Where a corpus' samples come from: a folder of sample logs (*.log, one application each, named by
// the part of the name before the first '_' or '.'), or the formats that come with the benchmark.
#pragma once

#include <string>
#include <vector>

#include "base/types/result.h"
#include "tests/bench/corpus/sample.h"

namespace sluice::bench {

// In order of their names. Error: io, or a folder without any.
Result<std::vector<Sample>> read_samples(const std::string& folder);
Result<std::vector<Sample>> read_formats(const std::string& folder);

}  // namespace sluice::bench
