// Batch: the lines of one source that travel in one push, and what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/batch/fingerprint.h"
#include "agent/batch/splitter.h"
#include "base/types/labels.h"
#include "base/types/time.h"
#include "base/wire/batch_identity.h"

namespace sluice::agent {

struct BatchLine {
  std::size_t text_begin = 0;  // in Batch::bytes
  std::size_t text_length = 0;
  Timestamp timestamp{};
  LinePart part = LinePart::whole;
};

struct Batch {
  std::uint64_t source = 0;  // the tailer's number of it
  BatchIdentity identity;
  LabelSet labels;
  std::string bytes;  // as read from the file; lines point into it
  std::vector<BatchLine> lines;
  Digest end_anchor;         // of the bytes before identity.end
  bool loss_marker = false;  // the one line is ours and tells of [acked, start) lost

  std::string_view text(const BatchLine& line) const {
    return std::string_view(bytes).substr(line.text_begin, line.text_length);
  }
};

enum class OutcomeKind {
  stored,        // durable up to identity.end, or to `mark` if that is beyond
  retry_source,  // this source waits (429)
  retry_server,  // the server as a whole failed: network, 5xx, credentials
  go_back,       // the server has less than we think: continue from `mark`
  rejected,      // these lines will never be taken
  cancelled,     // we are stopping
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::stored;
  std::optional<std::uint64_t> mark;
  Duration retry_after{0};  // 0: the sender's own backoff
  int status = 0;           // HTTP; 0: no answer
  std::string message;      // the server's words, or the network's
};

}  // namespace sluice::agent
