// After a log whose damage was skipped: pushes that are sealed and still in the head.
#include "base/telemetry/log.h"
#include "daemon/storage/log_store.h"
#include "daemon/storage/part_reader.h"

namespace sluice::storage {

namespace {

using Sequences = std::map<std::uint64_t, std::uint64_t>;  // of a push: its first, and one past it

void note_push(const PartReader& row, const Sequences& wanted, Sequences& found) {
  const auto after = wanted.upper_bound(row.sequence());
  if (after == wanted.begin()) return;
  const auto push = std::prev(after);
  if (row.sequence() < push->second) found.insert(*push);
}

// A part that cannot be read holds nothing: the head's lines stay.
void find_in_part(const Database& database, const Part& part, const Sequences& wanted,
                  Sequences& found) {
  PartCache cache(database, 0);
  const auto snapshot = database.snapshot();
  PartReader reader(database, *snapshot, part);
  Sequences here;
  if (!reader.open(cache)) return;
  for (;;) {
    const auto more = reader.next();
    if (!more) return;
    if (!*more) break;
    note_push(reader, wanted, here);
  }
  found.insert(here.begin(), here.end());
}

}  // namespace

// A seal puts parts and takes pushes from the head in one step. Where the family of the head lost
// its half of it, and tables have the other, the lines would be there twice.
Result<void> LogStore::forget_resealed() {
  Batch step = database_.batch();
  for (TenantLogs* logs : tenants()) {
    Sequences wanted;
    for (const auto& batch : logs->head_front(SIZE_MAX))
      wanted.emplace(batch->sequence(), batch->sequence() + batch->entries());
    Sequences found;
    for (const auto& part : *logs->parts())
      if (!wanted.empty() && part->summary.max_sequence >= wanted.begin()->first)
        find_in_part(database_, *part, wanted, found);
    for (const auto& [sequence, end] : found)
      step.remove_once(Family::head, sequence_key(sequence));
    head_bytes_ -=
        logs->forget([&](const HeadBatch& batch) { return found.count(batch.sequence()) > 0; });
  }
  if (step.empty()) return {};
  log_warn("removing pushes from the head that are sealed");
  return database_.write(step, Writer::maintenance);
}

}  // namespace sluice::storage
