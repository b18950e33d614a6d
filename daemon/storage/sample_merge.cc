// SampleStore: merging of parts, so that a window has few.
//
// Two steps, as for logs: the merged values are written first, seen by nobody and removed at the
// next start if it comes to that; then one step adopts them and removes the old parts.
#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/part_sources.h"
#include "daemon/storage/sample_part_writer.h"
#include "daemon/storage/sample_store.h"

namespace sluice::storage {

namespace {

constexpr std::int64_t late_ms = 2 * 3'600'000;  // samples may come late; no hurry either
constexpr std::size_t sample_merge_fan = 8;      // parts of like size in a window that goes on

std::size_t tier_of(const SamplePart& part) {
  std::size_t tier = 0;
  for (std::uint64_t size = 1 << 20; part.summary.bytes > size; size *= sample_merge_fan) ++tier;
  return tier;
}

// Parts of one window worth merging: all if the window is over, else many of like size.
SamplePartList worthy_of(SamplePartList window, bool over) {
  if (over) return window.size() > 1 ? window : SamplePartList();
  std::map<std::size_t, SamplePartList> tiers;
  for (const auto& part : window) tiers[tier_of(*part)].push_back(part);
  for (auto& [tier, parts] : tiers)
    if (parts.size() >= sample_merge_fan) return std::move(parts);
  return {};
}

std::vector<SamplePartList> merge_candidates(const SamplePartList& parts,
                                             const std::set<PartId>& excluded,
                                             std::int64_t now_ms) {
  std::map<std::int64_t, SamplePartList> windows;
  for (const auto& part : parts)
    if (excluded.count(part->id) == 0) windows[window_of(part->summary.first_ms)].push_back(part);
  std::vector<SamplePartList> candidates;
  for (auto& [window, list] : windows) {
    const bool over = window < window_of(now_ms - late_ms);
    SamplePartList worthy = worthy_of(std::move(list), over);
    if (!worthy.empty()) candidates.push_back(std::move(worthy));
  }
  return candidates;
}

Error stopped() {
  return {ErrorCode::cancelled, "merging was stopped"};
}

}  // namespace

// Removes the old parts and, if there is one, adopts the new one.
Result<void> SampleStore::adopt(TenantSamples& samples, const SamplePartList& old,
                                std::optional<SamplePart> merged) {
  Batch step = database_.batch();
  std::vector<SamplePart> adopted;
  for (const auto& part : old)
    for (const Family family : sample_part_families)
      step.remove_range(family, part->key(), prefix_end(part->key()));
  if (merged) {
    merged->summary.number = UINT64_MAX;
    for (const auto& part : old) {
      merged->summary.number = std::min(merged->summary.number, part->summary.number);
      merged->generation = std::max(merged->generation, part->generation);
    }
    step.put(Family::sample_part, merged->key(), ValueType::sample_part,
             encode_sample_summary(merged->summary));
    adopted.push_back(std::move(*merged));
  }
  return samples.replace(old, std::move(adopted),
                         [&] { return database_.write(step, Writer::maintenance); });
}

Result<void> SampleStore::merge_parts(TenantSamples& samples, const SamplePartList& parts,
                                      const std::function<bool()>& stop) {
  PartSources sources(cache_, every_series());
  Unwanted unwanted(*this, samples.tenant());
  TenantSamples::PartsView view;
  view.parts = parts;
  view.snapshot = database_.snapshot();
  SLUICE_CHECK(sources.add(view, ""));
  SamplePartWriter writer(database_, samples.tenant(), parts.front()->day,
                          next_number_.fetch_add(1), options_.merge_zstd_level);
  const auto write = [&]() -> Result<std::optional<SamplePart>> {
    while (const std::string* least = sources.least()) {
      if (stop()) return stopped();
      const std::string key = *least;
      SLUICE_TRY(SampleRun run, sources.read(key, unwanted.cuts.first_ms(key), INT64_MAX));
      unwanted.deleted.erase(key, run.samples);
      SLUICE_CHECK(sources.pass(key));
      if (sources.damaged()) break;
      if (!run.samples.empty()) SLUICE_CHECK(writer.add(key, std::move(run)));
    }
    if (sources.damaged()) return Error{ErrorCode::corrupt, "a part is damaged and stays as it is"};
    if (writer.empty()) return std::optional<SamplePart>();
    SLUICE_TRY(SamplePart part, writer.finish());
    return std::optional<SamplePart>(std::move(part));
  };
  auto merged = write();
  if (!merged) {
    writer.abandon();
    return merged.error();
  }
  if (*merged) searched_[(*merged)->id] = {unwanted.cuts.last_cut_ms(), unwanted.deleted.last()};
  return adopt(samples, parts, std::move(*merged));
}

// Whether series of the part have nothing left that is kept, so that writing it again frees space.
Result<bool> SampleStore::holds_hidden(const SamplePartPtr& part, SampleCuts& cuts) {
  SamplePartCursor cursor(cache_, part, database_.snapshot(), every_series());
  for (;;) {
    SLUICE_TRY(const bool more, cursor.next());
    if (!more) return false;
    if (cuts.first_ms(cursor.key()) > part->summary.last_ms) return true;
  }
}

// Each part is searched once for every cut and deletion.
Result<bool> SampleStore::holds_unwanted(const SamplePartPtr& part, Unwanted& unwanted) {
  Searched& searched = searched_[part->id];
  const std::int64_t cut_ms = unwanted.cuts.last_cut_ms();
  const bool below_cut = part->summary.last_ms < cut_ms && searched.cut_ms < cut_ms;
  SLUICE_TRY(const bool hidden,
             below_cut ? holds_hidden(part, unwanted.cuts) : Result<bool>(false));
  SLUICE_TRY(const bool deleted, unwanted.deleted.any_in(cache_, part, searched.deletion));
  searched = {std::max(searched.cut_ms, cut_ms), unwanted.deleted.last()};
  return hidden || deleted;
}

Result<SamplePartList> SampleStore::spoiled_parts(TenantSamples& samples,
                                                  const std::vector<SamplePartList>& merging,
                                                  Unwanted& unwanted) {
  SamplePartList spoiled;
  if (unwanted.cuts.empty() && unwanted.deleted.last() == 0) return spoiled;
  std::set<PartId> merged;
  for (const auto& list : merging)
    for (const auto& part : list) merged.insert(part->id);
  for (const SamplePartPtr& part : samples.parts()) {
    if (unmergeable_.contains(part->id) || merged.contains(part->id)) continue;
    SLUICE_TRY(const bool holds, holds_unwanted(part, unwanted));
    if (holds) spoiled.push_back(part);
  }
  return spoiled;
}

Result<void> SampleStore::merge_tenant(TenantSamples& samples, const std::function<bool()>& stop) {
  auto candidates = merge_candidates(samples.parts(), unmergeable_, unix_ms(to_ms(clock_.now())));
  Unwanted unwanted(*this, samples.tenant());
  SLUICE_TRY(const auto spoiled, spoiled_parts(samples, candidates, unwanted));
  for (const SamplePartPtr& part : spoiled) candidates.push_back({part});
  for (const auto& parts : candidates) {
    if (stop()) return {};
    auto merged = merge_parts(samples, parts, stop);
    if (!merged)
      for (const auto& part : parts) searched_.erase(part->id);
    if (merged || merged.error().code == ErrorCode::cancelled) continue;
    if (merged.error().code == ErrorCode::corrupt)
      for (const auto& part : parts) unmergeable_.insert(part->id);
    log_error("merging samples failed",
              {{"tenant", samples.tenant().value}, {"error", merged.error()}});
    if (merged.error().code != ErrorCode::corrupt) return merged;
  }
  free_space_of(spoiled);
  return {};
}

// Parts that were written again for what they held would stay on disk until RocksDB happens to
// compact them. That this failed is no reason to stop: only their space is not free.
void SampleStore::free_space_of(const SamplePartList& parts) {
  if (parts.empty()) return;
  const auto [first, last] = std::minmax_element(
      parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a->key() < b->key(); });
  const auto freed =
      database_.compact(Family::sample_rows, (*first)->key(), prefix_end((*last)->key()));
  if (!freed) log_warn("what was deleted still takes space", {{"error", freed.error()}});
}

// What is remembered of parts that merges or retention took away.
void SampleStore::forget_gone_parts() {
  std::set<PartId> there;
  for (const TenantSamples* samples : tenants())
    for (const auto& part : samples->parts()) there.insert(part->id);
  std::erase_if(unmergeable_, [&](const PartId& id) { return there.count(id) == 0; });
  std::erase_if(searched_, [&](const auto& entry) { return there.count(entry.first) == 0; });
}

Result<void> SampleStore::merge(const std::function<bool()>& stop) {
  const std::lock_guard lock(merge_mutex_);
  SLUICE_CHECK(database_.check_accepting());
  forget_gone_parts();
  // What was sealed lies in its batches, too, until their tables are written again without them.
  if (sealed_batches_.exchange(false))
    if (auto compacted = database_.compact(Family::sample_head, "", ""); !compacted) {
      sealed_batches_ = true;
      // A damaged table of batches costs space; the parts can be merged all the same.
      if (compacted.error().code != ErrorCode::corrupt) return compacted;
      log_error("batches of samples not compacted", {{"error", compacted.error()}});
    }
  for (TenantSamples* samples : tenants()) SLUICE_CHECK(merge_tenant(*samples, stop));
  return {};
}

}  // namespace sluice::storage
