#include "daemon/storage/sample_batch.h"

#include <bit>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/head_batch.h"

namespace sluice::storage {

namespace {

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

std::string encode_sample_batch(const TenantId& tenant, Timestamp received, Origin origin,
                                const std::vector<SeriesSamples>& series) {
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
  }
  return pack_body(body);
}

Result<SampleBatch> decode_sample_batch(std::string_view payload) {
  SLUICE_TRY(const std::string body, unpack_body(payload));
  ByteReader in(body);
  SampleBatch batch;
  batch.tenant = TenantId(std::string(in.string()));
  batch.received = from_unix_ns(in.zigzag());
  const std::uint64_t origin = in.varint();
  batch.origin = static_cast<Origin>(origin);
  const std::size_t series = in.count(2);
  for (std::size_t i = 0; i < series && in.ok(); ++i) batch.series.push_back(read_series(in));
  const bool known = origin == 1 || origin == 2;
  if (!in.finished() || !known || !valid_tenant(batch.tenant))
    return Error{ErrorCode::corrupt, "sample batch does not decode"};
  return batch;
}

}  // namespace sluice::storage
