// SampleStore: the merge step. Chunks of a series' day become few large ones.
#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/chunk_reader.h"
#include "daemon/storage/chunk_writer.h"
#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/sample_store.h"

namespace sluice::storage {

namespace {

constexpr std::size_t merged_samples = 1'440;   // six hours at 15 s
constexpr std::size_t slice_samples = 500'000;  // of one step: 8 MB in memory

// The chunks of one series' day as they are found.
struct OldChunk {
  std::string key;
  std::uint64_t number = 0;
  SampleRun run;
};

struct SeriesDay {
  SeriesKey key;
  std::vector<OldChunk> chunks;
  bool damaged = false;  // then it stays as it is
};

SampleRun joined_run(std::vector<OldChunk>& chunks) {
  std::sort(chunks.begin(), chunks.end(),
            [](const OldChunk& a, const OldChunk& b) { return a.number < b.number; });
  SampleRun joined;
  for (const OldChunk& chunk : chunks) join_samples(joined, chunk.run);
  return joined;
}

// Returns how many chunks the series has now.
std::size_t put_merged(Batch& step, SeriesDay& series) {
  // Those that are large already are not written again.
  auto& chunks = series.chunks;
  const std::size_t large = series.damaged ? 0 : std::erase_if(chunks, [](const OldChunk& chunk) {
    return chunk.run.samples.size() >= merged_samples / 2;
  });
  if (series.damaged || chunks.size() < 2) return large + chunks.size();
  for (const OldChunk& chunk : chunks) step.remove(Family::chunk, chunk.key);
  const SampleRun run = joined_run(chunks);
  const std::uint64_t number = chunks.front().number;
  std::size_t written = 0;
  for (auto begin = run.samples.begin(); begin != run.samples.end(); ++written) {
    const auto most = std::min<std::ptrdiff_t>(run.samples.end() - begin, merged_samples);
    const auto end = std::find_if(begin, begin + most, [&](const Sample& sample) {
      return is_histogram(sample.value) != is_histogram(begin->value);
    });
    put_chunk(step,
              chunk_key(series.key.day, series.key.tenant, series.key.series,
                        begin->timestamp_ms, number),
              {begin, end}, run.histograms);
    begin = end;
  }
  return large + written;
}

}  // namespace

void SampleStore::recover_merged(const Scan& scan, Day day) {
  const TenantId id{std::string(scan.key().substr(0, scan.key().find('\0')))};
  const auto payload = scan.payload(ValueType::merged_day);
  ByteReader in(payload ? *payload : std::string_view());
  const std::size_t chunks = in.varint();
  // Without it the day is merged once more.
  if (payload && in.finished())
    merges_.merged(id, day, chunks);
  else
    database_.report_corrupt({ErrorCode::corrupt, "mark of a merged day does not decode"});
}

// One step over series from `from` on; moves `from` behind them, to "" at the end.
Result<std::size_t> SampleStore::merge_slice(const std::string& prefix, std::string& from) {
  const std::lock_guard lock(seal_mutex_);
  Batch step = database_.batch();
  Scan scan = database_.scan(Family::chunk, from, prefix_end(prefix));
  from.clear();
  std::size_t samples = 0;
  std::size_t left = 0;
  SeriesDay series;
  while (scan.next()) {
    const std::string_view key = scan.key();
    auto parsed = parse_series_key(key);
    if (!parsed) continue;
    if (parsed->series != series.key.series || series.chunks.empty()) {
      left += put_merged(step, series);
      series = {std::move(*parsed), {}, false};
      if (samples >= slice_samples) {
        from = series_key(series.key.day, series.key.tenant, series.key.series);
        series.chunks.clear();
        break;
      }
    }
    auto run = decode_any_chunk(scan);
    if (!run) {
      database_.report_corrupt(run.error());
      series.damaged = true;
      run = SampleRun{};
    }
    samples += run->samples.size();
    series.chunks.push_back({std::string(key), chunk_number(key), std::move(*run)});
  }
  SLUICE_CHECK(scan.status());
  left += put_merged(step, series);
  SLUICE_CHECK(database_.write(step, Writer::maintenance));
  return left;
}

Result<void> SampleStore::merge_day(const MergePlan::TenantDay& target,
                                    const std::function<bool()>& stop) {
  const std::string prefix = tenant_day_key(target.day, target.tenant);
  std::string from = prefix;
  std::size_t left = 0;
  while (!from.empty()) {
    if (stop()) return {};
    SLUICE_TRY(const std::size_t chunks, merge_slice(prefix, from));
    left += chunks;
  }
  Batch step = database_.batch();
  std::string payload;
  put_varint(payload, left);
  step.put(Family::sample_state, merged_day_key(target.tenant, target.day), ValueType::merged_day,
           payload);
  merges_.merged(target.tenant, target.day, left);
  return database_.write(step, Writer::maintenance);
}

Result<void> SampleStore::merge(const std::function<bool()>& stop) {
  SLUICE_CHECK(database_.check_accepting());
  // What was sealed lies in its batches, too, until their tables are written again without them.
  if (sealed_batches_.exchange(false))
    if (auto compacted = database_.compact(Family::sample_head, "", ""); !compacted) {
      sealed_batches_ = true;
      return compacted;
    }
  while (const auto target = merges_.due(unix_ms(to_ms(clock_.now())))) {
    if (stop()) return {};
    if (auto merged = merge_day(*target, stop); !merged) {
      log_error("merging samples failed, will be tried again",
                {{"tenant", target->tenant.value}, {"error", merged.error()}});
      return merged;
    }
  }
  return {};
}

}  // namespace sluice::storage
