// The document of a batch of exemplars: docs/format/exemplars.md.
#include <bit>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/exemplar_store.h"

namespace sluice::storage {

std::string encode_exemplars(const TenantId& tenant, const std::vector<SeriesExemplars>& series) {
  std::string out;
  put_string(out, tenant.value);
  put_varint(out, series.size());
  for (const SeriesExemplars& one : series) {
    put_labels(out, one.series);
    put_varint(out, one.exemplars.size());
    for (const Exemplar& exemplar : one.exemplars) {
      put_labels(out, exemplar.labels);
      put_zigzag(out, exemplar.timestamp_ms);
      put_fixed64(out, std::bit_cast<std::uint64_t>(exemplar.value));
    }
  }
  return out;
}

namespace {

SeriesExemplars read_exemplars(ByteReader& in) {
  SeriesExemplars series;
  series.series = in.labels();
  const std::size_t count = in.count(10);  // labels, time, value
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    Exemplar exemplar;
    exemplar.labels = in.labels();
    exemplar.timestamp_ms = in.zigzag();
    exemplar.value = std::bit_cast<double>(in.fixed64());
    series.exemplars.push_back(std::move(exemplar));
  }
  return series;
}

}  // namespace

Result<ExemplarBatch> decode_exemplars(std::string_view payload) {
  ByteReader in(payload);
  ExemplarBatch batch;
  batch.tenant = TenantId{std::string(in.string())};
  const std::size_t count = in.count(2);
  for (std::size_t i = 0; i < count && in.ok(); ++i) batch.series.push_back(read_exemplars(in));
  if (!in.finished()) return Error{ErrorCode::corrupt, "exemplars do not decode"};
  return batch;
}

}  // namespace sluice::storage
