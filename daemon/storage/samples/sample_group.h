// Sample groups: a run of series of a part, in the order of their keys. Their labels are one value,
// their samples another. Bytes: docs/format/sample-part.md. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/samples/sample_run.h"
#include "daemon/storage/samples/value_codec.h"

namespace sluice::storage {

// A series of a group being written.
struct GroupSeries {
  std::string key;          // label_key.h
  std::uint32_t table = 0;  // of its timestamps, within the part
  SampleRun run;
};

std::string encode_group_labels(std::span<const GroupSeries> series, int level);
// The keys, ascending. Error(corrupt).
Result<std::vector<std::string>> decode_group_labels(std::string_view payload);

std::string encode_group_samples(std::span<const GroupSeries> series, int level);

// The samples of a group; each series is decoded when asked for. Immutable.
class SampleGroup {
 public:
  static Result<SampleGroup> decode(std::string_view payload);  // corrupt
  std::size_t size() const { return series_.size(); }
  std::uint32_t table(std::size_t series) const { return series_[series].table; }
  // `times`: what the series' table says. Error(corrupt).
  Result<SampleRun> read(std::size_t series, std::span<const std::int64_t> times) const;

 private:
  struct Segment {
    ValueKind kind{};
    std::uint64_t samples = 0;
    std::size_t at = 0;  // in body_
    std::size_t bytes = 0;
  };
  struct Series {
    std::uint32_t table = 0;
    std::uint32_t first = 0;  // of segments_
    std::uint32_t segments = 0;
  };
  bool read_directory();
  bool read_segment(const Segment& segment, std::span<const std::int64_t> times,
                    SampleRun& run) const;

  ValueLayout layout_ = ValueLayout::packed;
  std::string body_;
  std::vector<Series> series_;
  std::vector<Segment> segments_;
};

}  // namespace sluice::storage
