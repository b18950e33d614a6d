#include "daemon/storage/sample_batch.h"

#include <bit>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/samples/histogram_codec.h"

namespace sluice::storage {

namespace {

// Labels compress well, bare samples hardly: not worth the time.
enum class Form : char { plain = 0, lz4 = 1 };

Error bad_sample_batch() {
  return {ErrorCode::corrupt, "sample batch does not decode"};
}

// Whole numbers and many short decimals end in zero bytes: written back to front, they are short.
std::uint64_t value_bits(double value) {
  return __builtin_bswap64(std::bit_cast<std::uint64_t>(value));
}
double value_of(std::uint64_t bits) {
  return std::bit_cast<double>(__builtin_bswap64(bits));
}

struct Before {
  std::uint64_t number = 0;
  std::int64_t timestamp_ms = 0;
};

void put_series(std::string& body, const SampleBatch& batch, const BatchSeries& series,
                Before& before) {
  const auto difference = static_cast<std::int64_t>(series.number - before.number);
  put_zigzag(body, difference);
  before.number = series.number;
  put_varint(body, std::uint64_t{series.samples} << 1 | (series.labels > 0 ? 1 : 0));
  if (series.labels > 0) {
    put_varint(body, series.labels);
    for (std::uint32_t i = 0; i < series.labels; ++i) {
      put_string(body, batch.labels[series.first_label + i].name);
      put_string(body, batch.labels[series.first_label + i].value);
    }
  }
  for (std::uint32_t i = 0; i < series.samples; ++i) {
    const Sample& sample = batch.samples[series.first_sample + i];
    put_zigzag(body, wrapping_sub(sample.timestamp_ms, before.timestamp_ms));
    before.timestamp_ms = sample.timestamp_ms;
    put_varint(body, value_bits(sample.value));
  }
}

bool read_labels(ByteReader& in, SampleBatch& batch, BatchSeries& series) {
  series.labels = static_cast<std::uint32_t>(in.count(2));
  series.first_label = static_cast<std::uint32_t>(batch.labels.size());
  for (std::uint32_t i = 0; i < series.labels && in.ok(); ++i) {
    const LabelView label{in.string(), in.string()};
    const bool sound = !label.value.empty() && (i == 0 || batch.labels.back().name < label.name);
    if (!sound) return false;
    batch.labels.push_back(label);
  }
  return series.labels > 0;
}

bool read_series(ByteReader& in, SampleBatch& batch, Before& before) {
  BatchSeries series;
  before.number += static_cast<std::uint64_t>(in.zigzag());
  series.number = before.number;
  const std::uint64_t header = in.varint();
  if ((header & 1) != 0 && !read_labels(in, batch, series)) return false;
  // Each sample takes at least two bytes.
  if (!in.ok() || header >> 1 > in.left() / 2) return false;
  series.first_sample = static_cast<std::uint32_t>(batch.samples.size());
  series.samples = static_cast<std::uint32_t>(header >> 1);
  for (std::uint32_t i = 0; i < series.samples; ++i) {
    before.timestamp_ms = wrapping_add(before.timestamp_ms, in.zigzag());
    const Sample sample{before.timestamp_ms, value_of(in.varint())};
    if (is_histogram(sample.value) && histogram_place(sample.value) >= batch.histograms.size())
      return false;
    batch.samples.push_back(sample);
  }
  batch.series.push_back(series);
  return in.ok();
}

bool read_histograms(ByteReader& in, HistogramList& list) {
  const std::size_t count = in.count(2);
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back(read_histogram(in));
    if (!list.back()) return false;
  }
  return in.ok();
}

Result<std::string> body_of(std::string_view payload) {
  ByteReader in(payload);
  const std::string_view form = in.bytes(1);
  if (!in.ok()) return bad_sample_batch();
  if (form.front() == static_cast<char>(Form::plain)) return std::string(payload.substr(1));
  const std::uint64_t size = in.varint();
  if (form.front() != static_cast<char>(Form::lz4) || !in.ok()) return bad_sample_batch();
  return lz4_block(in.bytes(in.left()), size);
}

}  // namespace

std::string encode_sample_batch(const SampleBatch& batch) {
  std::string body(1, static_cast<char>(Form::plain));
  put_string(body, batch.tenant.value);
  put_zigzag(body, unix_ns(batch.received));
  put_varint(body, static_cast<std::uint64_t>(batch.origin));
  put_varint(body, batch.histograms.size());
  for (const HistogramPtr& histogram : batch.histograms) put_histogram(body, *histogram);
  put_varint(body, batch.series.size());
  Before before;
  bool labels = false;
  for (const BatchSeries& series : batch.series) {
    put_series(body, batch, series, before);
    labels = labels || series.labels > 0;
  }
  if (!labels && batch.histograms.empty()) return body;
  std::string payload(1, static_cast<char>(Form::lz4));
  put_varint(payload, body.size() - 1);
  append_lz4(payload, std::string_view(body).substr(1));
  return payload;
}

Result<SampleBatch> decode_sample_batch(std::string_view payload) {
  SampleBatch batch;
  SLUICE_TRY(auto body, body_of(payload));
  batch.body = std::make_shared<const std::string>(std::move(body));
  ByteReader in(*batch.body);
  batch.tenant = TenantId(std::string(in.string()));
  batch.received = from_unix_ns(in.zigzag());
  const std::uint64_t origin = in.varint();
  batch.origin = static_cast<Origin>(origin);
  bool sound = (origin == 1 || origin == 2) && read_histograms(in, batch.histograms);
  const std::size_t series = in.count(2);
  Before before;
  for (std::size_t i = 0; i < series && sound; ++i) sound = read_series(in, batch, before);
  if (!sound || !in.finished() || !valid_tenant(batch.tenant)) return bad_sample_batch();
  return batch;
}

}  // namespace sluice::storage
