// What becomes of lines longer than Limits::line_bytes, by Limits::long_lines. Pure.
//
// split: the line becomes several entries of the same timestamp, in order, whose lines together are
//   its bytes exactly. They carry the line's metadata and `line_part` = first, middle or last, as
//   the agent marks its own (docs/guide/agent.md).
// truncate: its first bytes stay; `line_cut_bytes` tells how many went.
// refuse: nothing is touched; validate_logs refuses the entry.
//
// A cut falls before a UTF-8 character, not into one, where the bytes are UTF-8.
#pragma once

#include <cstddef>
#include <vector>

#include "base/types/limits.h"
#include "base/types/log_entry.h"
#include "base/types/result.h"
#include "base/wire/batch_identity.h"

namespace sluice::ingest {

struct LongLines {
  std::size_t split = 0;      // lines stored in parts
  std::size_t truncated = 0;  // lines whose end was dropped
};

// Whether a push keeps to its limits when its long lines are split: at most entries_per_push
// entries, and push_body_bytes of metadata copied into parts. invalid_argument if not.
Result<void> check_split(const std::vector<PushStream>& streams, const Limits& limits);

// Comes after validate_logs: what is added here does not count against the client's limits.
// With an identity (the push then has this one stream) all parts of a line end where it does.
LongLines cut_long_lines(PushStream& stream, BatchIdentity* identity, const Limits& limits);

}  // namespace sluice::ingest
