#include "base/scrape/bucket_spans.h"

#include "base/wire/protobuf_field.h"

namespace sluice::scrape {

namespace {

// Spans may claim any length, and a message of two bytes is four times that in memory.
constexpr std::size_t side_buckets_max = 100'000;

}  // namespace

void BucketSide::read_span(protozero::pbf_reader message) {
  Span span;
  while (message.next()) {
    if (is_field(message, 1, as_varint))
      span.offset = message.get_sint32();
    else if (is_field(message, 2, as_varint))
      span.length = message.get_uint32();
    else
      message.skip();
  }
  if (spans_.size() == side_buckets_max)
    too_many_ = true;
  else
    spans_.push_back(span);
}

void BucketSide::add_count(double count) {
  if (counts_.size() == side_buckets_max)
    too_many_ = true;
  else
    counts_.push_back(count);
}

void BucketSide::add_delta(std::int64_t delta) {
  running_ += static_cast<std::uint64_t>(delta);
  add_count(static_cast<double>(static_cast<std::int64_t>(running_)));
}

void BucketSide::read_deltas(protozero::pbf_reader& reader) {
  if (reader.wire_type() == as_varint) return add_delta(reader.get_sint64());
  if (reader.wire_type() != as_bytes) throw protozero::unknown_pbf_wire_type_exception{};
  for (const std::int64_t delta : reader.get_packed_sint64()) add_delta(delta);
}

void BucketSide::read_counts(protozero::pbf_reader& reader) {
  if (reader.wire_type() == as_fixed64) return add_count(reader.get_double());
  if (reader.wire_type() != as_bytes) throw protozero::unknown_pbf_wire_type_exception{};
  for (const double count : reader.get_packed_double()) add_count(count);
}

bool BucketSide::place(HistogramBuckets& buckets) const {
  if (too_many_) return false;
  std::int64_t index = 0;
  std::size_t at = 0;
  for (const Span& span : spans_) {
    index += span.offset;
    if (span.length > side_buckets_max || at + span.length > counts_.size()) return false;
    for (std::uint32_t i = 0; i < span.length; ++i, ++index) {
      if (index < INT32_MIN || index > INT32_MAX) return false;
      if (const double count = counts_[at++]; count != 0)
        buckets.push_back({static_cast<std::int32_t>(index), count});
    }
  }
  return at == counts_.size();
}

}  // namespace sluice::scrape
