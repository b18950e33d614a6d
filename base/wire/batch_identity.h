// BatchIdentity: where a push's lines stand in their source. Header X-Sluice-Batch.
//
// With it the daemon recognises a re-sent batch whatever its cut: every line carries its end
// offset implicitly (the batch's lines tile [start, end)), the store keeps one high-water mark per
// source generation, and lines below the mark are duplicates.
// Format: docs/format/batch-identity.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/ids.h"
#include "base/types/result.h"

namespace sluice {

inline constexpr std::string_view batch_header = "X-Sluice-Batch";
// In the answer to such a push: everything before this offset is durable.
inline constexpr std::string_view high_water_header = "X-Sluice-High-Water";

struct BatchIdentity {
  AgentId agent;            // [A-Za-z0-9_.-]{1,64}
  std::string source;       // 32 hex digits, made when the agent first saw this file generation
  std::uint64_t start = 0;  // byte offset in the source (decompressed) of the first line
  std::uint64_t end = 0;    // byte offset after the last line
  // Offset after each entry of the push, ascending, the last equals `end`: one per entry, so that a
  // partial overlap drops exactly the lines already stored. A push with an identity has one stream.
  std::vector<std::uint64_t> ends;
  // start is above the mark because the agent knows the bytes between are lost (truncated, deleted
  // unread). Without it a gap is refused with 409 and the mark in X-Sluice-High-Water.
  bool gap_is_loss = false;

  friend bool operator==(const BatchIdentity&, const BatchIdentity&) = default;
};

std::string format_batch_identity(const BatchIdentity& identity);
Result<BatchIdentity> parse_batch_identity(std::string_view header);

}  // namespace sluice
