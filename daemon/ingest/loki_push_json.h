// Loki's push in JSON, today's and the legacy form. Wire: docs/format/loki-push.md.
#pragma once

#include <string>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::ingest {

// `body` gains room at its end for the parser. Error(invalid_argument) says which stream and value
// is wrong, and how.
Result<std::vector<StreamEntries>> decode_loki_json(std::string& body);

}  // namespace sluice::ingest
