// check_store: reads every value of a database, checks its envelope and decodes it, and reads every
// part row by row. Changes nothing; works on a snapshot, so a running store may be checked.
#pragma once

#include <functional>

#include "base/types/result.h"
#include "daemon/storage/database.h"
#include "daemon/storage/operations.h"

namespace sluice::storage {

// Problems named in a report; more are only counted.
inline constexpr std::size_t check_problems_max = 100;

// `stop` is asked between values. Errors: cancelled.
Result<CheckReport> check_store(const Database& database, const std::function<bool()>& stop);

}  // namespace sluice::storage
