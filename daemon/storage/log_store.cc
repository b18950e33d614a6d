// LogStore: recovery, tenants, reads and retention.
#include "daemon/storage/log_store.h"

#include <algorithm>

#include "base/telemetry/log.h"
#include "daemon/storage/log_scan.h"

namespace sluice::storage {

namespace {

void raise_above(std::atomic<std::uint64_t>& counter, std::uint64_t used) {
  if (counter.load() <= used) counter.store(used + 1);
}

}  // namespace

LogStore::LogStore(Database& database, Deletions& deletions, const StoreOptions& options,
                   Clock& clock, StorageMetrics& metrics)
    : database_(database),
      deletions_(deletions),
      options_(options),
      clock_(clock),
      metrics_(metrics),
      part_cache_(database, options.cache_bytes / 2),
      column_cache_(options.column_cache_bytes, metrics) {}

Result<void> LogStore::recover() {
  SLUICE_CHECK(recover_parts());
  SLUICE_CHECK(remove_orphans(Family::rows));
  SLUICE_CHECK(remove_orphans(Family::group));
  SLUICE_CHECK(remove_orphans(Family::directory));
  SLUICE_CHECK(recover_head());
  if (database_.skipped_damage()) {
    SLUICE_CHECK(forget_resealed());
    database_.settle_damage();
  }
  SLUICE_CHECK(deletions_.recover(next_part_));
  update_gauges();
  return {};
}

Result<void> LogStore::recover_parts() {
  Scan scan = database_.scan(Family::part, "", "");
  while (scan.next()) {
    auto key = parse_part_key(scan.key());
    if (!key) continue;
    raise_above(next_part_, key->part);
    auto payload = scan.payload(ValueType::part_summary);
    auto summary = payload ? decode_summary(*payload) : Result<PartSummary>(payload.error());
    if (!summary) {
      database_.report_corrupt(summary.error());
      continue;
    }
    raise_above(next_sequence_, summary->max_sequence);
    tenant(key->tenant)
        .add(std::make_shared<const Part>(Part{key->day, key->tenant, key->part, *summary}));
  }
  return scan.status();
}

// Chunks, headers and directories whose part has no summary: an interrupted merge. Parts whose
// summary is damaged keep theirs; somebody may want to repair it.
Result<void> LogStore::remove_orphans(Family family) {
  Batch step = database_.batch();
  std::string from;
  for (;;) {
    // A scan per part: what its values are is not read.
    Scan scan = database_.scan(family, from, "");
    if (!scan.next()) {
      // What cannot be read is left; queries tell of it.
      if (const auto status = scan.status(); !status) database_.report_corrupt(status.error());
      break;
    }
    auto key = parse_part_key(scan.key());
    if (!key) {
      from = std::string(scan.key()) + '\0';
      continue;
    }
    raise_above(next_part_, key->part);
    const std::string part = part_key(key->day, key->tenant, key->part);
    from = prefix_end(part);
    Scan summary = database_.scan_prefix(Family::part, part);
    if (summary.next()) continue;
    SLUICE_CHECK(summary.status());  // not being able to read it is not its absence
    step.remove_range(family, part, from);
  }
  if (step.empty()) return {};
  log_info("removing rows of an interrupted merge");
  return database_.write(step, Writer::maintenance);
}

Result<void> LogStore::recover_head() {
  Scan scan = database_.scan(Family::head, "", "");
  std::size_t batches = 0;
  while (scan.next()) {
    const auto sequence = parse_sequence_key(scan.key());
    if (!sequence) continue;
    raise_above(next_sequence_, *sequence);
    const auto payload = scan.payload(ValueType::head_batch);
    auto recovered = payload ? recover_batch(*sequence, *payload) : Result<void>(payload.error());
    if (!recovered) database_.report_corrupt(recovered.error());
    ++batches;
  }
  if (batches > 0)
    log_info("recovered unsealed pushes", {{"batches", batches}, {"bytes", head_bytes_.load()}});
  return scan.status();
}

Result<void> LogStore::recover_batch(std::uint64_t sequence, std::string_view payload) {
  SLUICE_TRY(HeadBody body, unpack_head(payload));
  SLUICE_TRY(const TenantId owner, head_batch_tenant(body.entries));
  TenantLogs& logs = tenant(owner);
  SLUICE_TRY(auto batch, HeadBatch::parse(std::move(body), sequence, [&](LabelSet labels) {
               return logs.intern(std::move(labels));
             }));
  raise_above(next_sequence_, sequence + batch->entries());
  head_bytes_ += batch->memory_bytes();
  logs.add(std::move(batch));
  return {};
}

TenantLogs& LogStore::tenant(const TenantId& id) {
  if (TenantLogs* known = find_tenant(id)) return *known;
  const std::unique_lock lock(tenants_mutex_);
  auto& logs = tenants_[id];
  if (!logs) logs = std::make_unique<TenantLogs>(id);
  return *logs;
}

TenantLogs* LogStore::find_tenant(const TenantId& id) const {
  const std::shared_lock lock(tenants_mutex_);
  const auto it = tenants_.find(id);
  return it == tenants_.end() ? nullptr : it->second.get();
}

std::vector<TenantLogs*> LogStore::tenants() const {
  const std::shared_lock lock(tenants_mutex_);
  std::vector<TenantLogs*> all;
  for (const auto& [id, logs] : tenants_) all.push_back(logs.get());
  return all;
}

std::optional<Timestamp> LogStore::newest(const TenantId& id) const {
  const TenantLogs* logs = find_tenant(id);
  return logs ? logs->newest() : std::nullopt;
}

Result<std::unique_ptr<query::LogScan>> LogStore::open_scan(const query::LogSelect& select,
                                                            query::QueryContext& context) {
  const TenantLogs* logs = find_tenant(select.tenant);
  if (!logs) return query::no_logs();
  // Before the view: a deletion that is done meanwhile is seen in one of the two.
  auto tombstones = deletions_.tombstones(select.tenant);
  LogView view = logs->view(database_);
  view.tombstones = std::move(tombstones);
  return make_log_scan({database_, part_cache_, column_cache_}, std::move(view), select, context);
}

Result<std::vector<LabelSet>> LogStore::streams(const TenantId& id,
                                                const std::vector<query::LabelMatcher>& matchers,
                                                TimeRange range) {
  const TenantLogs* logs = find_tenant(id);
  if (!logs) return std::vector<LabelSet>();
  auto tombstones = deletions_.tombstones(id);
  LogView view = logs->view(database_);
  view.tombstones = std::move(tombstones);
  return streams_of(database_, part_cache_, view, matchers, range);
}

void LogStore::update_gauges() const {
  std::size_t parts = 0;
  std::uint64_t stored = 0;
  std::uint64_t lines = 0;
  for (const TenantLogs* logs : tenants()) {
    const auto list = logs->parts();
    parts += list->size();
    for (const auto& part : *list) {
      stored += part->summary.stored_bytes;
      lines += part->summary.line_bytes;
    }
  }
  metrics_.parts.set(static_cast<double>(parts));
  metrics_.merges_pending.set(static_cast<double>(merges_pending()));
  metrics_.part_bytes.set(static_cast<double>(stored));
  metrics_.part_line_bytes.set(static_cast<double>(lines));
  metrics_.delete_requests.set(static_cast<double>(deletions_.pending()));
  metrics_.head_bytes.set(static_cast<double>(head_bytes_.load()));
}

void put_summary(Batch& step, const Part& part) {
  step.put(Family::part, part_key(part.day, part.tenant, part.id), ValueType::part_summary,
           encode_summary(part.summary));
}

void remove_part(Batch& step, const Part& part) {
  const std::string key = part_key(part.day, part.tenant, part.id);
  step.remove(Family::part, key);
  step.remove(Family::directory, key);
  step.remove_range(Family::group, key, prefix_end(key));
  step.remove_range(Family::rows, key, prefix_end(key));
}

}  // namespace sluice::storage
