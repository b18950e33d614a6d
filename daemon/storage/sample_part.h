// SamplePart: sealed samples of one tenant and one window of six hours, all series together in the
// order of their label keys. Bytes: docs/format/sample-part.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/keys.h"

namespace sluice::storage {

inline constexpr std::int64_t part_window_ms = 6 * 3'600'000;  // a day has four
std::int64_t window_of(std::int64_t timestamp_ms);

struct SamplePartSummary {
  // At equal timestamps the part with the lower number is right.
  std::uint64_t number = 0;
  std::int64_t first_ms = 0;  // of its samples
  std::int64_t last_ms = 0;
  std::uint64_t series = 0;
  std::uint64_t samples = 0;
  std::uint32_t groups = 0;
  std::uint32_t tables = 0;  // of timestamps
  std::uint64_t bytes = 0;   // keys and values
  friend bool operator==(const SamplePartSummary&, const SamplePartSummary&) = default;
};

std::string encode_sample_summary(const SamplePartSummary& summary);
Result<SamplePartSummary> decode_sample_summary(std::string_view payload);  // corrupt

struct SamplePart {
  Day day = 0;
  TenantId tenant;
  PartId id = 0;
  SamplePartSummary summary;
  // Of the last seal that went into it, since the start of the process.
  std::uint64_t generation = 0;

  std::string key() const { return part_key(day, tenant, id); }
  bool overlaps(std::int64_t start_ms, std::int64_t end_ms) const {
    return summary.first_ms <= end_ms && summary.last_ms >= start_ms;
  }
};
using SamplePartPtr = std::shared_ptr<const SamplePart>;
using SamplePartList = std::vector<SamplePartPtr>;

// What the index of a part says of a group of series.
struct SampleGroupInfo {
  std::string first_key;
  std::uint32_t series = 0;
  std::string least_name;  // of metrics
  std::string greatest_name;
};
using SampleIndex = std::vector<SampleGroupInfo>;

std::string encode_sample_index(const SampleIndex& index, int level);
Result<SampleIndex> decode_sample_index(std::string_view payload);  // corrupt

}  // namespace sluice::storage
