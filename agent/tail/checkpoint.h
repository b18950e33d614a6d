// Checkpoint: the agent's memory, and its text form (docs/format/agent-checkpoint.md).
//
// Encoding and decoding are pure; files are checkpoint_store.h. A damaged or truncated text is
// Error(corrupt) as a whole: half a checkpoint would be taken for "these files are new".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tail/source_record.h"
#include "base/types/ids.h"
#include "base/types/result.h"

namespace sluice::agent {

struct Checkpoint {
  std::uint64_t sequence = 0;
  AgentId agent;
  std::vector<SourceRecord> sources;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

std::string encode_checkpoint(const Checkpoint& checkpoint);
Result<Checkpoint> decode_checkpoint(std::string_view text);

}  // namespace sluice::agent
