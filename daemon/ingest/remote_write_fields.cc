#include "daemon/ingest/remote_write_fields.h"

#include <bit>

#include "base/scrape/bucket_spans.h"

namespace sluice::ingest {

namespace {

// Repeated numbers come packed or one by one.
void read_doubles(protozero::pbf_reader& reader, std::vector<double>& into) {
  if (reader.wire_type() == as_fixed64) return into.push_back(reader.get_double());
  if (reader.wire_type() != as_bytes) throw protozero::unknown_pbf_wire_type_exception{};
  for (const double value : reader.get_packed_double()) into.push_back(value);
}

class HistogramDecoder {
 public:
  void read(protozero::pbf_reader reader) {
    while (reader.next())
      if (!read_totals(reader) && !read_buckets(reader)) reader.skip();
  }
  std::int64_t timestamp_ms() const { return timestamp_ms_; }
  bool stale() const { return std::bit_cast<std::uint64_t>(histogram_.sum) == stale_marker_bits; }
  // Null, or what is wrong.
  const char* finish() {
    if (!positive_.place(histogram_.positive) || !negative_.place(histogram_.negative))
      return "buckets do not fit their spans";
    return find_problem(histogram_);
  }
  NativeHistogram take() { return std::move(histogram_); }

 private:
  bool read_totals(protozero::pbf_reader& reader) {
    NativeHistogram& h = histogram_;
    if (is_field(reader, 1, as_varint))
      h.count = static_cast<double>(reader.get_uint64());
    else if (is_field(reader, 2, as_fixed64))
      h.count = reader.get_double();
    else if (is_field(reader, 3, as_fixed64))
      h.sum = reader.get_double();
    else if (is_field(reader, 4, as_varint))
      h.schema = reader.get_sint32();
    else if (is_field(reader, 5, as_fixed64))
      h.zero_threshold = reader.get_double();
    else if (is_field(reader, 6, as_varint))
      h.zero_count = static_cast<double>(reader.get_uint64());
    else if (is_field(reader, 7, as_fixed64))
      h.zero_count = reader.get_double();
    else if (is_field(reader, 14, as_varint))
      h.hint = hint_of(reader.get_enum());
    else if (is_field(reader, 15, as_varint))
      timestamp_ms_ = reader.get_int64();
    else
      return false;
    return true;
  }
  bool read_buckets(protozero::pbf_reader& reader) {
    if (is_field(reader, 8, as_bytes))
      negative_.read_span(reader.get_message());
    else if (is_field(reader, 11, as_bytes))
      positive_.read_span(reader.get_message());
    else if (reader.tag() == 9)
      negative_.read_deltas(reader);
    else if (reader.tag() == 10)
      negative_.read_counts(reader);
    else if (reader.tag() == 12)
      positive_.read_deltas(reader);
    else if (reader.tag() == 13)
      positive_.read_counts(reader);
    else if (reader.tag() == 16)
      read_doubles(reader, histogram_.custom_values);
    else
      return false;
    return true;
  }
  static CounterReset hint_of(std::int32_t hint) {
    return hint >= 0 && hint <= 3 ? static_cast<CounterReset>(hint) : CounterReset::unknown;
  }

  NativeHistogram histogram_;
  std::int64_t timestamp_ms_ = 0;
  scrape::BucketSide positive_;
  scrape::BucketSide negative_;
};

}  // namespace

Sample read_float_sample(protozero::pbf_reader reader) {
  Sample sample;
  while (reader.next()) {
    if (is_field(reader, 1, as_fixed64))
      sample.value = plain_float(reader.get_double());
    else if (is_field(reader, 2, as_varint))
      sample.timestamp_ms = reader.get_int64();
    else
      reader.skip();
  }
  return sample;
}

void add_float_sample(protozero::pbf_reader reader, WrittenSeries& series, DecodeBudget& budget) {
  budget.take_item();
  budget.take_element<Sample>();
  series.samples.push_back(read_float_sample(reader));
}

void add_histogram_sample(protozero::pbf_reader reader, WrittenSeries& series,
                          DecodeBudget& budget) {
  // A bucket takes a byte at least, and becomes a place in the list.
  constexpr std::size_t bytes_of_byte = sizeof(HistogramBuckets::value_type);
  budget.take_item();
  budget.take_element<Sample>(sizeof(NativeHistogram) + bytes_of_byte * reader.length());
  HistogramDecoder decoder;
  decoder.read(reader);
  if (decoder.stale()) {
    series.samples.push_back({decoder.timestamp_ms(), std::bit_cast<double>(stale_marker_bits)});
    return;
  }
  if (const char* problem = decoder.finish()) {
    if (series.bad_histograms++ == 0) series.histogram_problem = problem;
    return;
  }
  const double value =
      add_histogram(series.histograms, std::make_shared<const NativeHistogram>(decoder.take()));
  series.samples.push_back({decoder.timestamp_ms(), value});
}

}  // namespace sluice::ingest
