// LogStore: deletion of logs. A request seals the tenant's head, so that all it concerns is in
// parts; from then on readers hide it. Merges drop the rows, and parts that nobody would merge are
// rewritten for it; when no part holds anything of it any more, the request is processed.
#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/log_store.h"

namespace sluice::storage {

namespace {

// Calls `judge(labels, first, last)` for each run until it says true.
template <class Judge>
bool any_run(const PartDirectory& directory, const Judge& judge) {
  for (const auto& group : directory.groups)
    for (const Run& run : group.runs)
      if (judge(directory.streams[run.stream], run.first, run.last)) return true;
  return false;
}

bool reaches(const Tombstone& t, const Part& part) {
  return part.id < t.parts_below && t.range.overlaps(part.summary.first, part.summary.last);
}

}  // namespace

Result<std::string> LogStore::request_delete(const TenantId& id, const std::string& query,
                                             TimeRange range) {
  SLUICE_CHECK(parse_selection(query));
  const std::lock_guard lock(seal_mutex_);
  SLUICE_CHECK(database_.check_accepting());
  TenantLogs& logs = tenant(id);
  std::size_t left = logs.head_state().bytes;  // what arrives from now on is not concerned
  while (left > 0) {
    const std::size_t before_seal = logs.head_state().bytes;
    if (before_seal == 0) break;
    SLUICE_CHECK(seal_front(logs));
    left -= std::min(left, std::min(before_seal, 2 * options_.seal_bytes));
  }
  return deletions_.add(id, query, range, next_part_);
}

// Whether merging the part alone would drop rows. A part whose directory cannot be read is damaged.
Result<bool> LogStore::would_shrink(const Part& part, const Tombstones& tombstones) {
  const auto& summary = part.summary;
  if (!tombstones.may_shrink(part.id, summary.first, summary.last)) return false;
  const Day today = day_of(clock_.now());
  const bool asked_for =
      std::any_of(tombstones.deletions().begin(), tombstones.deletions().end(),
                  [&](const Tombstone& t) { return t.settled && reaches(t, part); });
  if (const auto kept = kept_parts_.find(part.id);
      !asked_for && kept != kept_parts_.end() && kept->second == today)
    return false;
  auto directory = part_cache_.directory(part, nullptr);
  if (!directory) {
    if (directory.error().code == ErrorCode::corrupt) damaged_parts_.insert(part.id);
    return std::move(directory).error();
  }
  const bool shrinks = any_run(**directory, [&](const LabelSet& labels, Timestamp a, Timestamp b) {
    return tombstones.shrinks(labels, a, b, part.id);
  });
  if (!shrinks) kept_parts_[part.id] = today;
  return shrinks;
}

Result<void> LogStore::apply_deletions(TenantLogs& logs, const std::function<bool()>& stop) {
  const auto tombstones = deletions_.tombstones(logs.tenant());
  if (tombstones->empty()) return {};
  const auto parts = logs.parts();
  for (const auto& part : *parts) {
    if (stop()) return {};
    if (damaged_parts_.count(part->id) > 0 ||
        tombstones->holds_back(part->id, part->summary.first, part->summary.last))
      continue;
    const auto shrinks = would_shrink(*part, *tombstones);
    if (!shrinks || !*shrinks) continue;
    const auto merged = merge_day(logs, {part}, stop);
    // Damage is told once, and does not keep the others.
    if (!merged && merged.error().code != ErrorCode::corrupt) return merged;
  }
  return finish_deletions(logs);
}

// Requests of which no part holds anything: a part that cannot be read may.
Result<void> LogStore::finish_deletions(TenantLogs& logs) {
  const auto tombstones = deletions_.tombstones(logs.tenant());
  const auto parts = logs.parts();
  for (const Tombstone& t : tombstones->deletions()) {
    if (!t.settled) continue;
    const bool left = std::any_of(parts->begin(), parts->end(), [&](const PartPtr& part) {
      if (!reaches(t, *part)) return false;
      const auto directory = part_cache_.directory(*part, nullptr);
      return !directory || any_run(**directory, [&](const LabelSet& l, Timestamp a, Timestamp b) {
        return t.range.overlaps(a, b) && query::matches_all(t.matchers, l);
      });
    });
    if (!left) SLUICE_CHECK(deletions_.processed(logs.tenant(), t.id));
  }
  return {};
}

}  // namespace sluice::storage
