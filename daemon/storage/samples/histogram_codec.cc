#include "daemon/storage/samples/histogram_codec.h"

#include <bit>
#include <cmath>

#include "base/types/assert.h"

namespace sluice::storage {

namespace {

constexpr unsigned hint_mask = 3;
constexpr unsigned whole_flag = 4;
constexpr double whole_limit = 9007199254740992.0;  // 2^53

// All counts of a histogram, in the order of the format.
template <class Histogram, class Visit>
void for_each_count(Histogram& histogram, Visit visit) {
  visit(histogram.zero_count);
  visit(histogram.count);
  for (auto& bucket : histogram.positive) visit(bucket.count);
  for (auto& bucket : histogram.negative) visit(bucket.count);
}

bool is_whole(const NativeHistogram& histogram) {
  bool whole = true;
  for_each_count(histogram, [&](double count) {
    whole = whole && std::fabs(count) < whole_limit && count == std::trunc(count) &&
            !(count == 0 && std::signbit(count));
  });
  return whole;
}

void put_indexes(std::string& out, const HistogramBuckets& buckets) {
  put_varint(out, buckets.size());
  std::int64_t previous = 0;
  for (const HistogramBucket& bucket : buckets) {
    put_zigzag(out, bucket.index - previous);
    previous = bucket.index;
  }
}

HistogramBuckets read_indexes(ByteReader& in) {
  HistogramBuckets buckets(in.count(1));
  std::int64_t index = 0;
  for (HistogramBucket& bucket : buckets) {
    index = wrapping_add(index, in.zigzag());
    bucket.index = static_cast<std::int32_t>(index);
  }
  return buckets;
}

void put_layout(std::string& out, const NativeHistogram& histogram) {
  put_zigzag(out, histogram.schema);
  put_fixed64(out, std::bit_cast<std::uint64_t>(histogram.zero_threshold));
  put_varint(out, histogram.custom_values.size());
  for (const double bound : histogram.custom_values)
    put_fixed64(out, std::bit_cast<std::uint64_t>(bound));
  put_indexes(out, histogram.positive);
  put_indexes(out, histogram.negative);
}

void read_layout(ByteReader& in, NativeHistogram& histogram) {
  histogram.schema = static_cast<std::int32_t>(in.zigzag());
  histogram.zero_threshold = std::bit_cast<double>(in.fixed64());
  histogram.custom_values.resize(in.count(8));
  for (double& bound : histogram.custom_values) bound = std::bit_cast<double>(in.fixed64());
  histogram.positive = read_indexes(in);
  histogram.negative = read_indexes(in);
}

bool same_indexes(const HistogramBuckets& a, const HistogramBuckets& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.index == y.index; });
}

bool same_layout(const NativeHistogram& a, const NativeHistogram& b) {
  return a.schema == b.schema && a.zero_threshold == b.zero_threshold &&
         a.custom_values == b.custom_values && same_indexes(a.positive, b.positive) &&
         same_indexes(a.negative, b.negative);
}

std::vector<double> counts_of(const NativeHistogram& histogram) {
  std::vector<double> counts;
  for_each_count(histogram, [&](double count) { counts.push_back(count); });
  return counts;
}

unsigned char flags_of(const NativeHistogram& histogram) {
  const auto hint = static_cast<unsigned>(histogram.hint) & hint_mask;
  return static_cast<unsigned char>(hint | (is_whole(histogram) ? whole_flag : 0));
}

// Whole counts as differences to `before`, whose layout is the same; null: to zero.
void put_counts(std::string& out, const NativeHistogram& histogram, bool whole,
                const NativeHistogram* before) {
  const auto counts = counts_of(histogram);
  const auto base = before ? counts_of(*before) : std::vector<double>(counts.size(), 0);
  const bool differences = before && is_whole(*before);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (whole)
      put_zigzag(out, static_cast<std::int64_t>(counts[i]) -
                          (differences ? static_cast<std::int64_t>(base[i]) : 0));
    else
      put_fixed64(out, std::bit_cast<std::uint64_t>(counts[i]));
  }
  put_fixed64(out, std::bit_cast<std::uint64_t>(histogram.sum));
}

void read_counts(ByteReader& in, NativeHistogram& histogram, bool whole,
                 const NativeHistogram* before) {
  const auto base = before && is_whole(*before) ? counts_of(*before) : std::vector<double>();
  std::size_t i = 0;
  for_each_count(histogram, [&](double& count) {
    const std::int64_t least = base.empty() ? 0 : static_cast<std::int64_t>(base[i]);
    count = whole ? static_cast<double>(wrapping_add(in.zigzag(), least))
                  : std::bit_cast<double>(in.fixed64());
    ++i;
  });
  histogram.sum = std::bit_cast<double>(in.fixed64());
}

std::uint8_t read_byte(ByteReader& in) {
  const auto byte = in.bytes(1);
  return byte.empty() ? 0 : static_cast<std::uint8_t>(byte.front());
}

Error bad_chunk() {
  return {ErrorCode::corrupt, "histogram chunk does not decode"};
}

}  // namespace

void put_histogram(std::string& out, const NativeHistogram& histogram) {
  const auto flags = flags_of(histogram);
  out += static_cast<char>(flags);
  put_layout(out, histogram);
  put_counts(out, histogram, (flags & whole_flag) != 0, nullptr);
}

HistogramPtr read_histogram(ByteReader& in) {
  NativeHistogram histogram;
  const std::uint8_t flags = read_byte(in);
  histogram.hint = static_cast<CounterReset>(flags & hint_mask);
  read_layout(in, histogram);
  read_counts(in, histogram, (flags & whole_flag) != 0, nullptr);
  if (!in.ok() || find_problem(histogram)) return nullptr;
  return std::make_shared<const NativeHistogram>(std::move(histogram));
}

std::string encode_histogram_chunk(std::span<const Sample> samples, const HistogramList& list) {
  SLUICE_ASSERT(!samples.empty());
  std::string body;
  put_varint(body, samples.size());
  std::int64_t time = 0;
  std::int64_t delta = 0;
  HistogramPtr before;
  for (const Sample& sample : samples) {
    const std::int64_t step = wrapping_sub(sample.timestamp_ms, time);
    put_zigzag(body, before ? wrapping_sub(step, delta) : step);
    delta = before ? step : 0;
    time = sample.timestamp_ms;
    const HistogramPtr histogram = with_hint(histogram_of(sample, list), before);
    const bool same = before && same_layout(*before, *histogram);
    body += static_cast<char>(same);
    if (same) {
      const auto flags = flags_of(*histogram);
      body += static_cast<char>(flags);
      put_counts(body, *histogram, (flags & whole_flag) != 0, before.get());
    } else {
      put_histogram(body, *histogram);
    }
    before = histogram;
  }
  return body;
}

Result<SampleRun> decode_histogram_chunk(std::string_view payload) {
  ByteReader in(payload);
  const std::size_t count = in.count(3);
  SampleRun run;
  std::int64_t time = 0;
  std::int64_t delta = 0;
  HistogramPtr before;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t step = i == 0 ? in.zigzag() : wrapping_add(delta, in.zigzag());
    const std::int64_t next = wrapping_add(time, step);
    delta = i == 0 ? 0 : step;
    if (i > 0 && next <= time) return bad_chunk();
    time = next;
    const bool same = read_byte(in) != 0;
    if (same && !before) return bad_chunk();
    if (same) {
      NativeHistogram histogram = *before;
      const std::uint8_t flags = read_byte(in);
      histogram.hint = static_cast<CounterReset>(flags & hint_mask);
      read_counts(in, histogram, (flags & whole_flag) != 0, before.get());
      before = std::make_shared<const NativeHistogram>(std::move(histogram));
    } else {
      before = read_histogram(in);
    }
    if (!before || !in.ok()) return bad_chunk();
    append_sample(run, time, 0, before);
  }
  if (!in.finished() || count == 0) return bad_chunk();
  return run;
}

}  // namespace sluice::storage
