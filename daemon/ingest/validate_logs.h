// Holds a decoded push against the limits. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/types/limits.h"
#include "base/types/log_entry.h"
#include "base/wire/batch_identity.h"
#include "daemon/ingest/rejections.h"

namespace sluice::ingest {

// Takes out what may not be stored and adds service_name and, if asked to, detected_level. Long
// lines stay, for cut_long_lines, unless they are to be refused. With an
// identity its `ends` lose the same entries; its `end` stays, so that refused lines are not sent
// again.
Rejections validate_logs(std::vector<PushStream>& streams, BatchIdentity* identity,
                         const Limits& limits, Timestamp now);

}  // namespace sluice::ingest
