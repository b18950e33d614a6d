// Reads the next batch of a source from its file: I/O, then the pure splitter and line clock.
//
// Before any byte is taken the bytes in front of the offset are compared with the anchor, in the
// same read; so a file that was truncated and grew past the offset is never read from its middle.
#pragma once

#include "agent/tail/source.h"

namespace sluice::agent {

struct ReadSettings {
  AgentId agent;
  std::uint64_t batch_bytes = 1 << 20;
  std::uint64_t max_line = 256 << 10;
  bool local_time = true;
  bool final = false;  // the file grows no more: its last line needs no end
  Timestamp now{};
};

enum class ReadKind {
  batch,
  nothing,    // no complete line
  finished,   // all is read (final only)
  truncated,  // the file holds another generation now
};

struct ReadResult {
  ReadKind kind = ReadKind::nothing;
  Batch batch;
};

// The batch has no labels yet. Updates sizes, links and the head digest of the source. The file
// must be open.
Result<ReadResult> read_batch(Source& source, const ReadSettings& settings);

// The one-line batch that tells of the unread bytes [acked, size) of a lost source. It stands
// beyond them, with gap=loss: the server records exactly the lost range.
Batch loss_marker(const Source& source, const AgentId& agent, Timestamp now);

}  // namespace sluice::agent
