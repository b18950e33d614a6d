// PartSummary and PartDirectory: what is known of a part without reading its rows. Format:
// docs/format/log-part.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::storage {

inline constexpr std::uint64_t part_version = 3;
inline constexpr std::uint64_t oldest_part_version = 2;  // that is read

struct PartSummary {
  std::uint64_t rows = 0;
  std::uint64_t line_bytes = 0;
  std::uint64_t stored_bytes = 0;
  Timestamp first = Timestamp::max();
  Timestamp last = Timestamp::min();
  std::uint64_t max_sequence = 0;
  std::uint32_t groups = 0;
};

// The rows of one stream within one row group.
struct Run {
  std::uint32_t stream = 0;  // index into PartDirectory::streams
  std::uint32_t rows = 0;
  Timestamp first{};
  Timestamp last{};
};

struct GroupInfo {
  std::uint32_t rows = 0;
  std::uint64_t line_bytes = 0;
  std::vector<Run> runs;  // in row order
};

struct PartDirectory {
  std::vector<LabelSet> streams;  // ascending
  std::vector<GroupInfo> groups;
  std::size_t memory_bytes() const;
};

std::string encode_summary(const PartSummary& summary);
Result<PartSummary> decode_summary(std::string_view payload);
std::string encode_directory(const PartDirectory& directory, Timestamp part_first);
Result<PartDirectory> decode_directory(std::string_view payload, Timestamp part_first);

}  // namespace sluice::storage
