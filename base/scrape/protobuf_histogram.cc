#include "base/scrape/protobuf_histogram.h"

#include <cmath>
#include <limits>
#include <memory>

#include "base/scrape/bucket_spans.h"
#include "base/scrape/protobuf_exemplar.h"
#include "base/wire/protobuf_field.h"

namespace sluice::scrape {

namespace {

constexpr std::size_t native_exemplars_max = 100;  // client libraries keep ten

ClassicBucket read_classic_bucket(protozero::pbf_reader reader) {
  ClassicBucket bucket;
  while (reader.next()) {
    if (is_field(reader, 1, as_varint)) {
      bucket.count = static_cast<double>(reader.get_uint64());
    } else if (is_field(reader, 2, as_fixed64)) {
      bucket.upper_bound = reader.get_double();
    } else if (is_field(reader, 4, as_fixed64)) {
      if (const double count = reader.get_double(); count > 0) bucket.count = count;
    } else if (is_field(reader, 3, as_bytes)) {
      bucket.exemplar = read_exposed_exemplar(reader.get_message());
    } else {
      reader.skip();
    }
  }
  return bucket;
}

class HistogramMessage {
 public:
  explicit HistogramMessage(std::size_t most_buckets) : most_buckets_(most_buckets) {}

  ExposedHistogram read(protozero::pbf_reader reader, bool gauge) {
    while (reader.next())
      if (!read_classic(reader) && !read_native(reader)) reader.skip();
    const bool open = out_.buckets.empty() || !std::isinf(out_.buckets.back().upper_bound);
    if (open) out_.buckets.push_back({std::numeric_limits<double>::infinity(), out_.count, {}});
    const bool native = !positive_.empty() || !negative_.empty() || native_.zero_threshold > 0 ||
                        native_.zero_count > 0;
    if (native) finish_native(gauge);
    return std::move(out_);
  }

 private:
  bool read_classic(protozero::pbf_reader& reader) {
    if (is_field(reader, 1, as_varint)) {
      out_.count = static_cast<double>(reader.get_uint64());
    } else if (is_field(reader, 2, as_fixed64)) {
      out_.sum = reader.get_double();
    } else if (is_field(reader, 3, as_bytes)) {
      if (out_.buckets.size() == most_buckets_) throw TooManyElements();
      out_.buckets.push_back(read_classic_bucket(reader.get_message()));
    } else if (is_field(reader, 4, as_fixed64)) {
      if (const double count = reader.get_double(); count > 0) out_.count = count;
    } else if (is_field(reader, 16, as_bytes)) {
      add_exemplar(reader.get_message());
    } else {
      return false;
    }
    return true;
  }

  void add_exemplar(protozero::pbf_reader reader) {
    if (out_.exemplars.size() < native_exemplars_max)
      out_.exemplars.push_back(read_exposed_exemplar(reader));
  }

  bool read_native(protozero::pbf_reader& reader) {
    if (is_field(reader, 5, as_varint))
      native_.schema = reader.get_sint32();
    else if (is_field(reader, 6, as_fixed64))
      native_.zero_threshold = reader.get_double();
    else if (is_field(reader, 7, as_varint))
      native_.zero_count = static_cast<double>(reader.get_uint64());
    else if (is_field(reader, 8, as_fixed64))
      read_zero_count(reader.get_double());
    else if (is_field(reader, 9, as_bytes))
      negative_.read_span(reader.get_message());
    else if (reader.tag() == 10)
      negative_.read_deltas(reader);
    else if (reader.tag() == 11)
      negative_.read_counts(reader);
    else if (is_field(reader, 12, as_bytes))
      positive_.read_span(reader.get_message());
    else if (reader.tag() == 13)
      positive_.read_deltas(reader);
    else if (reader.tag() == 14)
      positive_.read_counts(reader);
    else
      return false;
    return true;
  }

  void read_zero_count(double count) {
    if (count > 0) native_.zero_count = count;
  }

  void finish_native(bool gauge) {
    native_.count = out_.count;
    native_.sum = out_.sum;
    native_.hint = gauge ? CounterReset::gauge : CounterReset::unknown;
    if (!positive_.place(native_.positive) || !negative_.place(native_.negative))
      out_.problem = "buckets of a native histogram do not fit their spans";
    else if (const char* problem = find_problem(native_))
      out_.problem = problem;
    else
      out_.native = std::make_shared<const NativeHistogram>(std::move(native_));
  }

  const std::size_t most_buckets_;
  ExposedHistogram out_;
  NativeHistogram native_;
  BucketSide positive_;
  BucketSide negative_;
};

}  // namespace

ExposedHistogram read_exposed_histogram(protozero::pbf_reader reader, bool gauge,
                                        std::size_t most_buckets) {
  return HistogramMessage(most_buckets).read(reader, gauge);
}

}  // namespace sluice::scrape
