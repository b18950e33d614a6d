// Series of a script as the body of a Prometheus remote write 1.0, for targets behind HTTP.
#pragma once

#include <string>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::query::script {

// In a snappy block; docs/format/remote-write.md.
std::string write_request(const std::vector<SeriesSamples>& series);

}  // namespace sluice::query::script
