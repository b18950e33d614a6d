// SourceRecord: what is remembered of one file generation, in memory and in the checkpoint.
//
// A generation is one life of a file's content: it ends when the file is truncated or overwritten
// in place, and it survives renames. Meaning of the fields: docs/format/agent-checkpoint.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/batch/fingerprint.h"

namespace sluice::agent {

enum class Phase { live, draining, lost, done };
std::string_view to_string(Phase phase);

struct SourceRecord {
  std::string id;    // 32 hex digits
  std::string path;  // where the bytes are now
  std::string name;  // path at first sight: the label `filename`
  Fingerprint print;
  std::uint64_t acked = 0;
  std::uint64_t size = 0;
  Phase phase = Phase::live;
  bool gap = false;
  std::int64_t gone_since = 0;  // unix seconds; 0: the file is there

  std::uint64_t unread() const { return size > acked ? size - acked : 0; }
  friend bool operator==(const SourceRecord&, const SourceRecord&) = default;
};

// 128 random bits as 32 hex digits, from the kernel.
std::string random_source_id();

}  // namespace sluice::agent
