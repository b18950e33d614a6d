#include "daemon/storage/sample_batch.h"

#include <algorithm>
#include <bit>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/head_batch.h"
#include "daemon/storage/histogram_codec.h"

namespace sluice::storage {

namespace {

bool names_known(const SeriesSamples& series) {
  return std::all_of(series.samples.begin(), series.samples.end(), [&](const Sample& sample) {
    return !is_histogram(sample.value) ||
           histogram_place(sample.value) < series.histograms.size();
  });
}

// False: one of them is no histogram, or a sample names one that is not there.
bool read_histograms(ByteReader& in, SeriesSamples& series) {
  const std::size_t count = in.count(1);
  for (std::size_t i = 0; i < count; ++i) {
    auto histogram = read_histogram(in);
    if (!histogram) return false;
    series.histograms.push_back(std::move(histogram));
  }
  return names_known(series);
}

SeriesSamples read_series(ByteReader& in) {
  SeriesSamples series;
  series.labels = in.labels();
  const std::size_t samples = in.count(9);
  series.samples.reserve(samples);
  std::int64_t timestamp = 0;
  for (std::size_t i = 0; i < samples && in.ok(); ++i) {
    timestamp = wrapping_add(timestamp, in.zigzag());
    series.samples.push_back({timestamp, std::bit_cast<double>(in.fixed64())});
  }
  return series;
}

}  // namespace

ValueType sample_batch_type(const std::vector<SeriesSamples>& series) {
  const bool any = std::any_of(series.begin(), series.end(),
                               [](const auto& one) { return !one.histograms.empty(); });
  return any ? ValueType::histogram_batch : ValueType::sample_batch;
}

std::string encode_sample_batch(const TenantId& tenant, Timestamp received, Origin origin,
                                const std::vector<SeriesSamples>& series) {
  const bool histograms = sample_batch_type(series) == ValueType::histogram_batch;
  std::string body;
  put_string(body, tenant.value);
  put_zigzag(body, unix_ns(received));
  put_varint(body, static_cast<std::uint64_t>(origin));
  put_varint(body, series.size());
  for (const auto& one : series) {
    put_labels(body, one.labels);
    put_varint(body, one.samples.size());
    std::int64_t previous = 0;
    for (const Sample& sample : one.samples) {
      put_zigzag(body, wrapping_sub(sample.timestamp_ms, previous));
      put_fixed64(body, std::bit_cast<std::uint64_t>(sample.value));
      previous = sample.timestamp_ms;
    }
    if (!histograms) continue;
    put_varint(body, one.histograms.size());
    for (const HistogramPtr& histogram : one.histograms) put_histogram(body, *histogram);
  }
  return pack_body(body);
}

Result<SampleBatch> decode_sample_batch(ValueType type, std::string_view payload) {
  SLUICE_TRY(const std::string body, unpack_body(payload));
  ByteReader in(body);
  SampleBatch batch;
  batch.tenant = TenantId(std::string(in.string()));
  batch.received = from_unix_ns(in.zigzag());
  const std::uint64_t origin = in.varint();
  batch.origin = static_cast<Origin>(origin);
  const std::size_t series = in.count(2);
  bool known = origin == 1 || origin == 2;
  for (std::size_t i = 0; i < series && in.ok() && known; ++i) {
    batch.series.push_back(read_series(in));
    if (type == ValueType::histogram_batch) known = read_histograms(in, batch.series.back());
  }
  if (!in.finished() || !known || !valid_tenant(batch.tenant))
    return Error{ErrorCode::corrupt, "sample batch does not decode"};
  return batch;
}

}  // namespace sluice::storage
