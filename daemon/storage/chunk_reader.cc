#include "daemon/storage/chunk_reader.h"

#include <algorithm>

namespace sluice::storage {

namespace {

struct NumberedChunk {
  std::uint64_t number;
  std::vector<Sample> samples;
};

void cut(std::vector<Sample>& samples, std::int64_t start_ms, std::int64_t end_ms) {
  std::erase_if(samples, [&](const Sample& sample) {
    return sample.timestamp_ms < start_ms || sample.timestamp_ms > end_ms;
  });
}

}  // namespace

void join_samples(std::vector<Sample>& out, const std::vector<Sample>& later) {
  if (later.empty()) return;
  if (out.empty() || earlier(out.back(), later.front())) {
    out.insert(out.end(), later.begin(), later.end());
    return;
  }
  std::vector<Sample> joined;
  joined.reserve(out.size() + later.size());
  // set_union takes equal elements from the first range.
  std::set_union(out.begin(), out.end(), later.begin(), later.end(), std::back_inserter(joined),
                 earlier);
  out = std::move(joined);
}

Result<void> read_chunks(const Database& database, const Snapshot* snapshot, const TenantId& tenant,
                         SeriesId series, Day day, std::int64_t start_ms, std::int64_t end_ms,
                         std::vector<Sample>& out, bool& damaged) {
  std::vector<NumberedChunk> chunks;
  Scan scan = database.scan_prefix(Family::chunk, series_key(day, tenant, series), snapshot);
  while (scan.next()) {
    const auto payload = scan.payload(ValueType::chunk);
    auto samples = payload ? decode_chunk(*payload) : Result<std::vector<Sample>>(payload.error());
    if (!samples) {
      database.report_corrupt(samples.error());
      damaged = true;
      continue;
    }
    cut(*samples, start_ms, end_ms);
    if (!samples->empty()) chunks.push_back({chunk_number(scan.key()), std::move(*samples)});
  }
  SLUICE_CHECK(scan.status());
  std::sort(chunks.begin(), chunks.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  for (const auto& chunk : chunks) join_samples(out, chunk.samples);
  return {};
}

}  // namespace sluice::storage
