// LogStore: log entries from push to retention. Steps: push (log_push.cc), seal (log_seal.cc),
// merge (log_merge.cc), what retention and size caps drop (log_retention.cc), deletion
// (log_delete.cc); reads are a LogView and a cursor over it.
//
// Locks, in the order they may be taken: a source's lock (one of source_locks_) around reading a
// mark and the push that moves it; seal_mutex_ around one seal; merge_mutex_ around one round of
// merging; catalog_mutex_ around the commit and the swap of whatever adds or removes parts. Pushes
// of different sources share no lock across their fsync. Safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "daemon/storage/column_cache.h"
#include "daemon/storage/deletions.h"
#include "daemon/storage/part_cache.h"
#include "daemon/storage/push_listeners.h"
#include "daemon/storage/tenant_logs.h"
#include "query/source.h"

namespace sluice::storage {

class PartReader;
struct MergeInput;

// What of the head waits to be sealed: nothing, less than is sealed at once, or more.
enum class SealBacklog : std::uint8_t { none, small, large };

class LogStore : public query::LogSource {
 public:
  LogStore(Database& database, Deletions& deletions, const StoreOptions& options, Clock& clock,
           StorageMetrics& metrics);

  // Reads parts and head from disk. Before anything else, once.
  Result<void> recover();

  Result<void> check_room(std::size_t body_bytes) const;
  Result<PushOutcome> push(LogPush push, const PushListeners& listeners);
  Result<std::uint64_t> high_water(const TenantId& tenant, const BatchIdentity& source) const;
  std::optional<Timestamp> newest(const TenantId& tenant) const;

  Result<std::unique_ptr<query::LogScan>> open_scan(const query::LogSelect& select,
                                                    query::QueryContext& context) override;
  Result<std::vector<LabelSet>> streams(const TenantId& tenant,
                                        const std::vector<query::LabelMatcher>& matchers,
                                        TimeRange range) override;

  // Called when a tenant's head has grown to seal_bytes. Set before the first push.
  void on_seal_due(std::function<void()> hook) { seal_due_hook_ = std::move(hook); }
  // Seals heads that are large or old enough; with `everything`, all of them.
  Result<void> seal(bool everything);
  // One round of merging for every tenant and day that has too many parts, and of every part that
  // holds what is deleted. `stop` is asked between row groups.
  Result<void> merge(const std::function<bool()>& stop);
  // Takes parts of days before `day` out of all reads, then calls `remove` to delete them.
  Result<void> drop_before(Day day, const std::function<Result<void>()>& remove);
  // The same for one tenant, whose days are then removed.
  Result<void> drop_before(const TenantId& tenant, Day day);
  // Drops the oldest (tenant, day) until parts take no more than `max_bytes`; never `today`.
  Result<void> shrink_to(std::uint64_t max_bytes, Day today);
  std::vector<TenantId> tenant_ids() const;
  std::vector<DaySpace> space() const;
  // Hides what is stored now (log_delete.cc). Returns the request's id.
  Result<std::string> request_delete(const TenantId& tenant, const std::string& query,
                                     TimeRange range);
  void update_gauges() const;
  // Nothing that is acknowledged waits to be sealed.
  bool head_empty() const { return head_bytes_ == 0; }
  // Counts seals and merges: what they leave to be written out or removed on disk.
  std::uint64_t changes() const { return changes_; }

 private:
  Result<void> recover_parts();
  Result<void> remove_orphans(Family family);
  Result<void> recover_head();
  Result<void> recover_batch(std::uint64_t sequence, std::string_view payload);
  Result<void> forget_resealed();

  TenantLogs& tenant(const TenantId& tenant);
  TenantLogs* find_tenant(const TenantId& tenant) const;
  std::vector<TenantLogs*> tenants() const;

  std::mutex& source_lock(const std::string& key);
  Result<void> apply_identity(LogPush& push, PushOutcome& outcome);
  Result<void> commit_push(const LogPush& push, const RawBytes& kept);
  std::vector<PushOutcome::Refused> take_excess(LogPush& push);
  Error head_full() const;
  RawBytes text_to_keep(const LogPush& push) const;
  // `kept`: the text of a push that stays as it was sent, else nothing.
  Result<std::size_t> reserve(const std::vector<PushStream>& streams, const RawBytes& kept);

  bool seal_due(const TenantLogs& logs, bool everything) const;
  Result<void> seal_front(TenantLogs& logs);
  Result<std::vector<PartPtr>> build_parts(TenantLogs& logs,
                                           const std::vector<HeadBatchPtr>& batches, Batch& step);
  Result<bool> advance(PartReader& reader);
  Result<bool> advance_kept(MergeInput& input);
  Result<std::vector<std::unique_ptr<MergeInput>>> open_inputs(const std::vector<PartPtr>& parts,
                                                               const Snapshot& snapshot,
                                                               const Tombstones& tombstones);
  std::set<PartId> unmergeable(TenantLogs& logs);
  Result<void> apply_deletions(TenantLogs& logs, const std::function<bool()>& stop);
  Result<bool> would_shrink(const Part& part, const Tombstones& tombstones);
  Result<void> finish_deletions(TenantLogs& logs);
  Result<void> remove_day(Day day, const TenantId& tenant);
  Result<void> drop_day(Day day, const TenantId& tenant, std::uint64_t bytes);
  SealBacklog seal_backlog() const;
  Result<void> merge_day(TenantLogs& logs, const std::vector<PartPtr>& parts,
                         const std::function<bool()>& stop);
  Result<void> merge_parts(TenantLogs& logs, const std::vector<PartPtr>& parts,
                           const std::function<bool()>& stop);
  // Null: every row is deleted.
  Result<PartPtr> write_merged(const std::vector<PartPtr>& parts,
                               const std::function<bool()>& stop);
  Result<void> adopt_merged(TenantLogs& logs, const std::vector<PartPtr>& parts,
                            const PartPtr& merged);
  Result<void> discard(const Part& part);
  void free_space_of(const std::vector<PartPtr>& parts, const std::function<bool()>& stop);
  std::size_t merges_pending() const;

  Database& database_;
  Deletions& deletions_;
  const StoreOptions options_;
  Clock& clock_;
  StorageMetrics& metrics_;
  PartCache part_cache_;
  mutable ColumnCache column_cache_;
  std::function<void()> seal_due_hook_;
  std::atomic<std::uint64_t> next_sequence_{1};
  std::atomic<std::uint64_t> next_part_{1};
  std::atomic<std::size_t> head_bytes_{0};
  std::atomic<std::uint64_t> changes_{0};
  std::atomic<bool> freeing_space_{false};  // of merged parts
  std::array<std::mutex, 256> source_locks_;
  std::mutex seal_mutex_;
  std::mutex merge_mutex_;
  // Protected by merge_mutex_:
  std::set<PartId> damaged_parts_;    // not merged again
  std::map<PartId, Day> kept_parts_;  // retention of streams drops nothing of them, as of that day
  mutable std::mutex left_out_mutex_;
  std::set<PartId> left_out_;  // of the last round of merges; protected by left_out_mutex_
  std::mutex catalog_mutex_;
  mutable std::shared_mutex tenants_mutex_;
  std::map<TenantId, std::unique_ptr<TenantLogs>> tenants_;  // protected by tenants_mutex_
};

// The changes that make a part exist, once its other values are there, and that remove all of it.
void put_summary(Batch& step, const Part& part);
void remove_part(Batch& step, const Part& part);

}  // namespace sluice::storage
