#include "daemon/storage/chunk_reader.h"

#include <algorithm>

#include "daemon/storage/decimal_chunk.h"
#include "daemon/storage/histogram_codec.h"

namespace sluice::storage {

namespace {

struct NumberedChunk {
  std::uint64_t number;
  SampleRun run;
};

void cut(std::vector<Sample>& samples, std::int64_t start_ms, std::int64_t end_ms) {
  std::erase_if(samples, [&](const Sample& sample) {
    return sample.timestamp_ms < start_ms || sample.timestamp_ms > end_ms;
  });
}

}  // namespace

Result<SampleRun> decode_any_chunk(const Scan& scan) {
  if (scan.type() == ValueType::histogram_chunk) {
    SLUICE_TRY(const auto payload, scan.payload(ValueType::histogram_chunk));
    return decode_histogram_chunk(payload);
  }
  const bool decimal = scan.type() == ValueType::decimal_chunk;
  SLUICE_TRY(const auto payload,
             scan.payload(decimal ? ValueType::decimal_chunk : ValueType::chunk));
  SLUICE_TRY(auto samples, decimal ? decode_decimal_chunk(payload) : decode_chunk(payload));
  return SampleRun{std::move(samples), {}};
}

Result<void> read_chunks(const Database& database, const Snapshot* snapshot, const TenantId& tenant,
                         SeriesId series, Day day, std::int64_t start_ms, std::int64_t end_ms,
                         SampleRun& out, bool& damaged) {
  std::vector<NumberedChunk> chunks;
  Scan scan = database.scan_prefix(Family::chunk, series_key(day, tenant, series), snapshot);
  while (scan.next()) {
    auto run = decode_any_chunk(scan);
    if (!run) {
      database.report_corrupt(run.error());
      damaged = true;
      continue;
    }
    cut(run->samples, start_ms, end_ms);
    if (!run->samples.empty()) chunks.push_back({chunk_number(scan.key()), std::move(*run)});
  }
  SLUICE_CHECK(scan.status());
  std::sort(chunks.begin(), chunks.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  for (const auto& chunk : chunks) join_samples(out, chunk.run);
  return {};
}

}  // namespace sluice::storage
