// The seal step: head batches become parts, one per day, in one synced batch that also removes
// them from the head.
#include <algorithm>
#include <chrono>

#include "base/telemetry/log.h"
#include "daemon/storage/log_store.h"

namespace sluice::storage {

namespace {

// One entry of the head, where it will stand in a part.
struct SealRow {
  Day day;
  std::uint32_t index;  // into the run
  std::int64_t ns;
  std::uint64_t sequence;
  const HeadRun* run;
};

// Rows of one stream.
bool earlier(const SealRow& a, const SealRow& b) {
  return a.ns != b.ns ? a.ns < b.ns : a.sequence < b.sequence;
}

bool day_before(const SealRow& a, const SealRow& b) {
  return a.day < b.day;
}

// The distinct labels of the batches, ascending. They are interned: equal means same object.
std::vector<const LabelSet*> distinct_labels(const std::vector<HeadBatchPtr>& batches) {
  std::vector<const LabelSet*> labels;
  for (const auto& batch : batches)
    for (const auto& run : batch->runs()) labels.push_back(run.labels.get());
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  std::sort(labels.begin(), labels.end(),
            [](const LabelSet* a, const LabelSet* b) { return *a < *b; });
  return labels;
}

// The runs of each stream, in the order of their labels; of a stream as they arrived.
std::vector<std::vector<const HeadRun*>> runs_by_stream(
    const std::vector<HeadBatchPtr>& batches) {
  std::unordered_map<const LabelSet*, std::size_t> ranks;
  for (const LabelSet* labels : distinct_labels(batches)) ranks.emplace(labels, ranks.size());
  std::vector<std::vector<const HeadRun*>> runs(ranks.size());
  for (const auto& batch : batches)
    for (const auto& run : batch->runs()) runs[ranks[run.labels.get()]].push_back(&run);
  return runs;
}

// By day, stream and time. Most streams arrive in order and within a day: nothing to sort.
std::vector<SealRow> sorted_rows(const std::vector<HeadBatchPtr>& batches) {
  std::vector<SealRow> rows;
  std::size_t entries = 0;
  for (const auto& batch : batches) entries += batch->entries();
  rows.reserve(entries);
  for (const auto& runs : runs_by_stream(batches)) {
    const auto first = static_cast<std::ptrdiff_t>(rows.size());
    for (const HeadRun* run : runs)
      for (std::uint32_t i = 0; i < run->size(); ++i)
        rows.push_back({day_of(run->timestamps[i]), i, unix_ns(run->timestamps[i]),
                        run->sequences[i], run});
    if (!std::is_sorted(rows.begin() + first, rows.end(), earlier))
      std::sort(rows.begin() + first, rows.end(), earlier);
  }
  if (!std::is_sorted(rows.begin(), rows.end(), day_before))
    std::stable_sort(rows.begin(), rows.end(), day_before);
  return rows;
}

Result<void> add_row(PartBuilder& builder, const SealRow& row) {
  const HeadRun& run = *row.run;
  return builder.add(run.timestamps[row.index], row.sequence, run.lines[row.index],
                     run.metadata.empty() ? nullptr : &run.metadata[row.index]);
}

}  // namespace

bool LogStore::seal_due(const TenantLogs& logs, bool everything) const {
  const auto head = logs.head_state();
  if (head.bytes == 0) return false;
  return everything || head.bytes >= options_.seal_bytes ||
         clock_.now() - head.oldest >= options_.seal_age;
}

Result<void> LogStore::seal(bool everything) {
  const std::lock_guard lock(seal_mutex_);
  SLUICE_CHECK(database_.check_accepting());
  for (TenantLogs* logs : tenants()) {
    // What arrives meanwhile may wait for the next call, so that this one ends.
    std::size_t left = logs->head_state().bytes;
    while (left > 0 && seal_due(*logs, everything)) {
      const std::size_t before_seal = logs->head_state().bytes;
      if (auto sealed = seal_front(*logs); !sealed) {
        metrics_.seal_failures.inc();
        log_error("sealing logs failed, will be tried again",
                  {{"tenant", logs->tenant().value}, {"error", sealed.error()}});
        return sealed;
      }
      left -= std::min(left, std::min(before_seal, 2 * options_.seal_bytes));
    }
  }
  return {};
}

Result<void> LogStore::seal_front(TenantLogs& logs) {
  const auto started = std::chrono::steady_clock::now();
  const auto batches = logs.head_front(2 * options_.seal_bytes);
  std::size_t bytes = 0;
  for (const auto& batch : batches) bytes += batch->memory_bytes();
  constexpr std::size_t expected_ratio = 8;
  Batch step = database_.batch(bytes / expected_ratio);
  SLUICE_TRY(const auto parts, build_parts(logs, batches, step));
  for (const auto& batch : batches) step.remove_once(Family::head, sequence_key(batch->sequence()));
  {
    const std::lock_guard lock(catalog_mutex_);
    SLUICE_CHECK(database_.write(step, Writer::maintenance));
    logs.sealed(batches.size(), parts);
  }
  head_bytes_ -= bytes;
  metrics_.seals.inc();
  ++changes_;
  metrics_.seal_seconds.observe(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  return {};
}

Result<std::vector<PartPtr>> LogStore::build_parts(TenantLogs& logs,
                                                   const std::vector<HeadBatchPtr>& batches,
                                                   Batch& step) {
  const auto rows = sorted_rows(batches);
  const auto sink = [&](Family family, const std::string& key, ValueType type,
                        const std::string& payload) -> Result<void> {
    step.put(family, key, type, payload);
    return {};
  };
  std::vector<PartPtr> parts;
  for (auto row = rows.begin(); row != rows.end();) {
    const Day day = row->day;
    PartBuilder builder(day, logs.tenant(), next_part_.fetch_add(1), options_.seal_zstd_level,
                        sink);
    const LabelSet* stream = nullptr;  // interned: the same labels are the same object
    for (; row != rows.end() && row->day == day; ++row) {
      const LabelSet* labels = row->run->labels.get();
      if (labels != stream) builder.begin_stream(*(stream = labels));
      SLUICE_CHECK(add_row(builder, *row));
    }
    SLUICE_TRY(auto part, builder.finish());
    put_summary(step, *part);
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace sluice::storage
