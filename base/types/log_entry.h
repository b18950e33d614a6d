// A log entry and a push of them: what senders deliver and the store keeps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/histogram.h"
#include "base/types/labels.h"
#include "base/types/time.h"

namespace sluice {

// One line. `line` holds any bytes, NUL and invalid UTF-8 included. `metadata` is Loki's
// structured metadata. Order and identity in the store are (timestamp, arrival), so identical
// entries are all kept.
struct LogEntry {
  Timestamp timestamp{};
  std::string line;
  LabelSet metadata;
  friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

// Entries of one Stream.
struct StreamEntries {
  LabelSet labels;
  std::vector<LogEntry> entries;
};

// An entry as a push brings it. The line is a view, into the request mostly; its owner outlives the
// push, which copies it once, into what is kept.
struct PushEntry {
  Timestamp timestamp{};
  std::string_view line;
  LabelSet metadata;

  LogEntry copy() const { return {timestamp, std::string(line), metadata}; }
};

// The entries of one Stream in one push.
struct PushStream {
  LabelSet labels;
  std::vector<PushEntry> entries;
};

// One sample. NaN with the bits of `stale_marker_bits` says "the series ended here"; a value of
// histogram_value() stands for a native histogram in the list beside the samples.
struct Sample {
  std::int64_t timestamp_ms = 0;
  double value = 0;
};
inline bool earlier(const Sample& a, const Sample& b) {
  return a.timestamp_ms < b.timestamp_ms;
}
inline constexpr std::uint64_t stale_marker_bits = 0x7ff0000000000002ULL;

// The samples of one series in one write; labels include __name__.
struct SeriesSamples {
  LabelSet labels;
  std::vector<Sample> samples;
  HistogramList histograms = {};  // those the samples name
};

// Type, help and unit of a metric family, as exposed by its source.
struct MetricMetadata {
  std::string family;
  std::string type;  // "counter", "gauge", "histogram", "summary", "unknown", ...
  std::string help;
  std::string unit;
  friend bool operator==(const MetricMetadata&, const MetricMetadata&) = default;
};

}  // namespace sluice
