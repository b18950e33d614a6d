// Loki's push in JSON, today's and the legacy form. Wire: docs/format/loki-push.md.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/types/log_entry.h"

namespace sluice::ingest {

struct JsonPush {
  std::vector<PushStream> streams;
  std::shared_ptr<const void> text;  // owns their lines
};

// `body` gains room at its end for the parser and is not needed afterwards.
// Error(invalid_argument) says which stream and value is wrong, and how. From any thread.
Result<JsonPush> decode_loki_json(std::string& body);

}  // namespace sluice::ingest
