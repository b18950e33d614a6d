// BucketSide: one side (positive or negative) of a native histogram as Prometheus' protobuf
// messages carry it, in remote write and in the exposition format alike: spans of bucket indexes,
// and for each bucket a delta to the one before (integer histograms) or a count (float histograms).
// For decoders only: readers are protozero's, and what is malformed throws protozero::exception.
#pragma once

#include <protozero/pbf_reader.hpp>
#include <vector>

#include "base/types/histogram.h"

namespace sluice::scrape {

class BucketSide {
 public:
  void read_span(protozero::pbf_reader message);  // 1: offset, sint32; 2: length, uint32
  // At a repeated field of sint64, packed or one by one; or of double.
  void read_deltas(protozero::pbf_reader& reader);
  void read_counts(protozero::pbf_reader& reader);

  bool empty() const { return spans_.empty(); }
  // False: the counts do not fill the spans, indexes overflow, or there are more than 100,000.
  bool place(HistogramBuckets& buckets) const;

 private:
  struct Span {
    std::int32_t offset = 0;
    std::uint32_t length = 0;
  };
  void add_delta(std::int64_t delta);
  void add_count(double count);

  std::vector<Span> spans_;
  std::vector<double> counts_;
  bool too_many_ = false;
  std::uint64_t running_ = 0;  // of the deltas; wraps where a sender overflows
};

}  // namespace sluice::scrape
