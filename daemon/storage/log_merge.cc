// Merging of parts, so that a day has few. Tiers as in a MergeTree: parts of like size are merged
// when there are enough of them, so each row is rewritten only a few times.
//
// Two steps: the merged rows and directory are written first, seen by nobody and removed at the
// next start if it comes to that; then one step adopts them and removes the old parts.
#include <algorithm>
#include <functional>
#include <map>
#include <queue>

#include "base/telemetry/log.h"
#include "daemon/storage/log_store.h"
#include "daemon/storage/merge_input.h"

namespace sluice::storage {

namespace {

// Parts merged at once, and the ratio of sizes between tiers. Eight parts of 16 MiB give one of
// 128 MiB, eight of those 1 GiB: two rewrites for most rows.
constexpr std::size_t merge_fan = 8;
// Parts that have been merged or filled the head are also merged when there are fewer, if nothing
// waits to be sealed: there is time.
constexpr std::size_t idle_merge_fan = 2;
// While sealing lags behind, pushes need the time more than merges do: those wait until so many
// parts are there. Queries read all of them.
constexpr std::size_t busy_merge_fan = 64;
// More parts than this are merged into several: each that is read takes the memory of a decoded row
// group.
constexpr std::size_t merged_at_once = 16;
// Parts above this stay as they are: merging them again saves nothing.
constexpr std::uint64_t merged_bytes_max = 1ULL << 30;
// Merged row groups are written in steps of about this size.
constexpr std::size_t merge_step_bytes = 8 << 20;

std::size_t tier_of(const Part& part, std::size_t base) {
  std::size_t tier = 0;
  for (std::uint64_t size = base; part.summary.line_bytes > size; size *= merge_fan) ++tier;
  return tier;
}

std::size_t least_parts(SealBacklog backlog, std::size_t tier) {
  if (backlog == SealBacklog::large) return busy_merge_fan;
  return backlog == SealBacklog::none && tier > 0 ? idle_merge_fan : merge_fan;
}

// Groups of parts worth merging, by (day, tier), smallest tier first.
std::vector<std::vector<PartPtr>> merge_candidates(const PartList& parts, std::size_t base,
                                                   SealBacklog backlog,
                                                   const std::set<PartId>& excluded) {
  std::map<std::pair<std::size_t, Day>, std::vector<PartPtr>> groups;
  for (const auto& part : parts)
    if (part->summary.line_bytes < merged_bytes_max / merge_fan && !excluded.count(part->id))
      groups[{tier_of(*part, base), part->day}].push_back(part);
  std::vector<std::vector<PartPtr>> worthy;
  for (auto& [key, group] : groups)
    if (group.size() >= least_parts(backlog, key.first)) worthy.push_back(std::move(group));
  return worthy;
}

// What is merged at once, in equal shares.
std::vector<std::vector<PartPtr>> shares_of(const std::vector<PartPtr>& parts) {
  std::vector<std::vector<PartPtr>> shares((parts.size() + merged_at_once - 1) / merged_at_once);
  for (std::size_t i = 0; i < parts.size(); ++i)
    shares[i * shares.size() / parts.size()].push_back(parts[i]);
  return shares;
}

struct Later {
  bool operator()(const MergeInput* a, const MergeInput* b) const { return b->before(*a); }
};

// So that rows are ordered by numbers and not by labels.
void rank_streams(const std::vector<std::unique_ptr<MergeInput>>& inputs) {
  std::map<std::reference_wrapper<const LabelSet>, std::uint32_t, std::less<const LabelSet>> ranks;
  for (const auto& input : inputs)
    for (const LabelSet& labels : input->reader->streams()) ranks.emplace(labels, 0);
  std::uint32_t next = 0;
  for (auto& [labels, rank] : ranks) rank = next++;
  for (const auto& input : inputs)
    for (const LabelSet& labels : input->reader->streams())
      input->ranks.push_back(ranks.find(labels)->second);
}

}  // namespace

Result<void> LogStore::merge(const std::function<bool()>& stop) {
  const std::lock_guard lock(merge_mutex_);
  const Day today = day_of(clock_.now());
  std::erase_if(kept_parts_, [today](const auto& item) { return item.second != today; });
  std::set<PartId> left_out;
  for (TenantLogs* logs : tenants()) left_out.merge(unmergeable(*logs));
  {
    const std::lock_guard left_out_lock(left_out_mutex_);
    left_out_ = left_out;
  }
  SealBacklog backlog = seal_backlog();  // looks at all tenants: anew only once time has passed
  for (TenantLogs* logs : tenants())
    for (const auto& parts :
         merge_candidates(*logs->parts(), options_.seal_bytes, backlog, left_out)) {
      if (stop()) return {};
      SLUICE_CHECK(merge_day(*logs, parts, stop));
      backlog = seal_backlog();
    }
  for (TenantLogs* logs : tenants()) SLUICE_CHECK(apply_deletions(*logs, stop));
  return {};
}

SealBacklog LogStore::seal_backlog() const {
  if (head_empty()) return SealBacklog::none;
  const auto all = tenants();
  const bool due = std::any_of(all.begin(), all.end(), [this](const TenantLogs* logs) {
    return logs->head_state().bytes > options_.seal_bytes;
  });
  return due ? SealBacklog::large : SealBacklog::small;
}

// What is replaced lies side by side: its space is freed once, after all of it.
Result<void> LogStore::merge_day(TenantLogs& logs, const std::vector<PartPtr>& parts,
                                 const std::function<bool()>& stop) {
  Result<void> merged;
  for (const auto& share : shares_of(parts)) {
    if (stop()) return {};
    merged = merge_parts(logs, share, stop);
    if (!merged) break;
  }
  free_space_of(parts, stop);
  return merged;
}

Result<void> LogStore::merge_parts(TenantLogs& logs, const std::vector<PartPtr>& parts,
                                   const std::function<bool()>& stop) {
  auto merged = write_merged(parts, stop);
  if (!merged) {
    if (merged.error().code == ErrorCode::cancelled) return {};
    log_warn("merging log parts failed", {{"error", merged.error()}});
    return std::move(merged).error();
  }
  SLUICE_CHECK(adopt_merged(logs, parts, *merged));
  std::uint64_t dropped = 0;
  for (const auto& part : parts) dropped += part->summary.rows;
  if (*merged) dropped -= (*merged)->summary.rows;
  metrics_.deleted_rows.inc(static_cast<double>(dropped));
  metrics_.merges.inc();
  ++changes_;
  return {};
}

std::size_t LogStore::merges_pending() const {
  std::set<PartId> left_out;
  {
    const std::lock_guard lock(left_out_mutex_);
    left_out = left_out_;
  }
  const SealBacklog backlog = seal_backlog();
  std::size_t pending = freeing_space_ ? 1 : 0;
  for (const TenantLogs* logs : tenants())
    pending += merge_candidates(*logs->parts(), options_.seal_bytes, backlog, left_out).size();
  return pending;
}

// Merged parts would stay on disk until RocksDB happens to compact them: twice the space at times.
// That this failed is no reason to stop: the parts are gone, only their space is not.
void LogStore::free_space_of(const std::vector<PartPtr>& parts, const std::function<bool()>& stop) {
  const auto [first, last] = std::minmax_element(
      parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  const auto key = [](const Part& part) { return part_key(part.day, part.tenant, part.id); };
  freeing_space_ = true;
  for (const Family family : {Family::rows, Family::group, Family::directory}) {
    if (stop()) break;
    const auto freed = database_.compact(family, key(**first), prefix_end(key(**last)));
    if (!freed) log_warn("merged parts still take space", {{"error", freed.error()}});
  }
  freeing_space_ = false;
}

// A part that cannot be read is left alone from then on: merged, its damage would become a loss
// that nobody hears of.
Result<bool> LogStore::advance(PartReader& reader) {
  auto more = reader.next();
  if (!more && more.error().code == ErrorCode::corrupt) damaged_parts_.insert(reader.part().id);
  return more;
}

// Parts that cannot be read, and those that hold what a deletion hides that may be cancelled yet:
// in a new part it would be shown again.
std::set<PartId> LogStore::unmergeable(TenantLogs& logs) {
  std::set<PartId> excluded = damaged_parts_;
  const auto tombstones = deletions_.tombstones(logs.tenant());
  for (const auto& part : *logs.parts())
    if (tombstones->holds_back(part->id, part->summary.first, part->summary.last))
      excluded.insert(part->id);
  return excluded;
}

// Opens a reader per part, each at its first row that stays.
Result<std::vector<std::unique_ptr<MergeInput>>> LogStore::open_inputs(
    const std::vector<PartPtr>& parts, const Snapshot& snapshot, const Tombstones& tombstones) {
  std::vector<std::unique_ptr<MergeInput>> inputs;
  for (const auto& part : parts) {
    if (tombstones.holds_back(part->id, part->summary.first, part->summary.last))
      return Error{ErrorCode::cancelled, "a deletion that can be cancelled came up"};
    auto reader = std::make_unique<PartReader>(database_, snapshot, *part);
    if (auto opened = reader->open(part_cache_); !opened) {
      if (opened.error().code == ErrorCode::corrupt) damaged_parts_.insert(part->id);
      return std::move(opened).error();
    }
    auto input = std::make_unique<MergeInput>(
        MergeInput{std::move(reader), RowDropper(tombstones, *part), {}});
    SLUICE_TRY(const bool any, advance_kept(*input));
    if (any) inputs.push_back(std::move(input));
  }
  return inputs;
}

Result<bool> LogStore::advance_kept(MergeInput& input) {
  for (;;) {
    SLUICE_TRY(const bool more, advance(*input.reader));
    if (!more || !input.dropper.drops(*input.reader)) return more;
  }
}

Result<PartPtr> LogStore::write_merged(const std::vector<PartPtr>& parts,
                                       const std::function<bool()>& stop) {
  const auto snapshot = database_.snapshot();
  const Part& first = *parts.front();
  const auto [id, tombstones] = deletions_.begin_part(first.tenant, next_part_);
  SLUICE_TRY(const auto inputs, open_inputs(parts, *snapshot, *tombstones));
  if (inputs.empty()) return PartPtr();
  rank_streams(inputs);
  std::priority_queue<MergeInput*, std::vector<MergeInput*>, Later> queue;
  for (const auto& input : inputs) queue.push(input.get());
  constexpr std::size_t step_room = merge_step_bytes + (1 << 20);
  Batch step = database_.batch(step_room);
  const auto flush_step = [&]() -> Result<void> {
    SLUICE_CHECK(database_.write(step, Writer::maintenance));
    step = database_.batch(step_room);
    return {};
  };
  const auto sink = [&](Family family, const std::string& key, ValueType type,
                        const std::string& payload) -> Result<void> {
    if (stop()) return Error{ErrorCode::cancelled, "merge stopped"};
    step.put(family, key, type, payload);
    return step.bytes() < merge_step_bytes ? Result<void>() : flush_step();
  };
  PartBuilder builder(first.day, first.tenant, id, options_.merge_zstd_level, sink);
  while (!queue.empty()) {
    MergeInput* input = queue.top();
    queue.pop();
    const PartReader& row = *input->reader;
    const LabelSet* stream = nullptr;
    bool more = true;
    // Parts follow each other in time: mostly many rows of one before any of another.
    do {
      if (stream != &row.labels()) builder.begin_stream(*(stream = &row.labels()));
      SLUICE_CHECK(builder.add(row.group(), row.row()));
      SLUICE_TRY(more, advance_kept(*input));
    } while (more && (queue.empty() || input->before(*queue.top())));
    if (more) queue.push(input);
  }
  SLUICE_TRY(auto part, builder.finish());
  SLUICE_CHECK(flush_step());
  return part;
}

Result<void> LogStore::adopt_merged(TenantLogs& logs, const std::vector<PartPtr>& parts,
                                    const PartPtr& merged) {
  const std::lock_guard lock(catalog_mutex_);
  if (!logs.replace(parts, merged))  // retention was faster
    return merged ? discard(*merged) : Result<void>();
  Batch step = database_.batch();
  if (merged) put_summary(step, *merged);
  for (const auto& part : parts) remove_part(step, *part);
  auto written = database_.write(step, Writer::maintenance);
  // The old parts are still whole on disk: go back to them.
  if (!written) logs.restore(merged, parts);
  return written;
}

Result<void> LogStore::discard(const Part& part) {
  Batch step = database_.batch();
  remove_part(step, part);
  return database_.write(step, Writer::maintenance);
}

}  // namespace sluice::storage
