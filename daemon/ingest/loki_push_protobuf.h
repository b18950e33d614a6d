// Loki's push in protobuf. Wire: docs/format/loki-push.md.
#pragma once

#include <string_view>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::ingest {

// `body` is plain protobuf, decompressed; the lines are views into it. Error(invalid_argument) says
// which stream is wrong.
Result<std::vector<PushStream>> decode_loki_protobuf(std::string_view body);

}  // namespace sluice::ingest
