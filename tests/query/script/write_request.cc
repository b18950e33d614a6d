#include "tests/query/script/write_request.h"

#include <protozero/pbf_writer.hpp>

#include "base/codec/compress.h"

namespace sluice::query::script {

namespace {

// Buckets without gaps are one span; each gap begins another.
void add_side(protozero::pbf_writer& out, const HistogramBuckets& buckets, std::uint32_t spans,
              std::uint32_t counts) {
  std::vector<double> values;
  std::int32_t end = 0;
  for (std::size_t begin = 0; begin < buckets.size();) {
    std::size_t after = begin + 1;
    while (after < buckets.size() && buckets[after].index == buckets[after - 1].index + 1) ++after;
    std::string span;
    protozero::pbf_writer s(span);
    s.add_sint32(1, buckets[begin].index - end);
    s.add_uint32(2, static_cast<std::uint32_t>(after - begin));
    out.add_message(spans, span);
    end = buckets[after - 1].index + 1;
    begin = after;
  }
  for (const HistogramBucket& bucket : buckets) values.push_back(bucket.count);
  out.add_packed_double(counts, values.begin(), values.end());
}

std::string encode_histogram(const NativeHistogram& histogram, std::int64_t timestamp_ms) {
  std::string bytes;
  protozero::pbf_writer out(bytes);
  out.add_double(2, histogram.count);
  out.add_double(3, histogram.sum);
  out.add_sint32(4, histogram.schema);
  out.add_double(5, histogram.zero_threshold);
  out.add_double(7, histogram.zero_count);
  add_side(out, histogram.negative, 8, 10);
  add_side(out, histogram.positive, 11, 13);
  out.add_enum(14, static_cast<std::int32_t>(histogram.hint));
  out.add_int64(15, timestamp_ms);
  out.add_packed_double(16, histogram.custom_values.begin(), histogram.custom_values.end());
  return bytes;
}

std::string encode_sample(const Sample& sample) {
  std::string bytes;
  protozero::pbf_writer out(bytes);
  out.add_double(1, sample.value);
  out.add_int64(2, sample.timestamp_ms);
  return bytes;
}

std::string encode_series(const SeriesSamples& series) {
  std::string bytes;
  protozero::pbf_writer out(bytes);
  for (const Label& label : series.labels) {
    std::string pair;
    protozero::pbf_writer p(pair);
    p.add_string(1, label.name);
    p.add_string(2, label.value);
    out.add_message(1, pair);
  }
  for (const Sample& sample : series.samples) {
    if (is_histogram(sample.value))
      out.add_message(4, encode_histogram(*series.histograms.at(histogram_place(sample.value)),
                                          sample.timestamp_ms));
    else
      out.add_message(2, encode_sample(sample));
  }
  return bytes;
}

}  // namespace

std::string write_request(const std::vector<SeriesSamples>& series) {
  std::string body;
  protozero::pbf_writer out(body);
  for (const SeriesSamples& one : series) out.add_message(1, encode_series(one));
  return snappy_compress(body);
}

}  // namespace sluice::query::script
