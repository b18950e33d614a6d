// --check-config: everything that can be checked without starting anything.
#pragma once

#include <string>

#include "base/types/result.h"
#include "daemon/server/options.h"

namespace sluice::server {

// Loads tokens, certificates' names and rule files. On success a line that says what was checked.
Result<std::string> check_everything(const DaemonOptions& options);

}  // namespace sluice::server
