// RocksStore: the Store, put together from a Database, a LogStore and a SampleStore.
//
// Two workers run behind it: one seals heads that have grown, one merges parts. Tests may switch
// them off and call seal and merge themselves.
#pragma once

#include <atomic>
#include <memory>

#include "daemon/storage/deletions.h"
#include "daemon/storage/exemplar_store.h"
#include "daemon/storage/log_store.h"
#include "daemon/storage/operations.h"
#include "daemon/storage/sample_deletions.h"
#include "daemon/storage/sample_store.h"
#include "daemon/storage/worker.h"

namespace sluice::storage {

struct RocksStoreHooks {
  Database::FreeBytes free_bytes;  // empty: statvfs
  bool background = true;          // run the workers
  rocksdb::Env* env = nullptr;     // the disk; null: the real one
};

class RocksStore : public Store, public StoreOperations {
 public:
  static Result<std::unique_ptr<RocksStore>> open(StoreOptions options, Clock& clock,
                                                  Metrics& metrics, RocksStoreHooks hooks = {});
  ~RocksStore() override;

  Result<void> check_room(std::size_t body_bytes) override;
  Result<PushOutcome> push(LogPush push) override;
  Result<WriteOutcome> write(const TenantId& tenant, std::vector<SeriesSamples> series,
                             std::vector<MetricMetadata> metadata,
                             std::vector<SeriesExemplars> exemplars = {}) override;
  Result<WriteOutcome> write_flat(const TenantId& tenant, SampleWrite& samples,
                                  std::vector<MetricMetadata> metadata,
                                  std::vector<SeriesExemplars> exemplars = {}) override;
  Result<void> commit(const Step& step) override;
  Result<std::optional<std::string>> get(Keyspace space, std::string_view key) override;
  Result<std::vector<Document>> scan(Keyspace space, std::string_view prefix) override;
  query::LogSource& logs() override { return logs_; }
  query::SampleSource& samples() override { return visible_samples_; }
  query::ExemplarSource& exemplars() override { return exemplars_; }
  StoreOperations& operations() override { return *this; }
  Freshness freshness(const TenantId& tenant) override;
  Result<std::uint64_t> high_water(const TenantId& tenant, const BatchIdentity& source) override;
  std::uint64_t listen(PushListener listener) override;
  void unlisten(std::uint64_t handle) override;
  Result<void> flush() override;
  void tick() override;

  // StoreOperations (rocks_operations.cc)
  Result<std::string> request_delete(const TenantId& tenant, const std::string& query,
                                     TimeRange range) override;
  std::vector<DeleteRequest> delete_requests(const TenantId& tenant) override;
  Result<void> cancel_delete(const TenantId& tenant, const std::string& id, bool force) override;
  Result<void> delete_series(const TenantId& tenant,
                             std::vector<std::vector<query::LabelMatcher>> selectors,
                             std::int64_t start_ms, std::int64_t end_ms) override;
  std::vector<DaySpace> space() override;
  Result<BackupInfo> backup(const std::string& directory) override;
  Result<CheckReport> check(const std::function<bool()>& stop) override;

  // For tests.
  Database& database() { return *database_; }
  Result<void> merge_now();

 private:
  RocksStore(StoreOptions options, Clock& clock, std::unique_ptr<StorageMetrics> metrics,
             std::unique_ptr<Database> database, RetentionPolicy policy);
  Result<void> start(bool run_workers);
  void merge_in_background();
  // Retention and size cap (rocks_retention.cc)
  void apply_retention();
  Result<void> drop_expired(Timestamp now);
  Result<void> remove_days(Day day, std::span<const Family> families);

  const StoreOptions options_;
  Clock& clock_;
  const std::unique_ptr<StorageMetrics> metrics_;
  const std::unique_ptr<Database> database_;
  PushListeners listeners_;
  Deletions deletions_;
  LogStore logs_;
  SampleStore samples_;
  SampleDeletions sample_deletions_;
  VisibleSamples visible_samples_;
  ExemplarStore exemplars_;
  std::atomic<bool> stopping_{false};
  std::uint64_t written_out_ = 0;   // LogStore::changes() on disk; of the merger's thread
  std::unique_ptr<Worker> sealer_;  // after what they use
  std::unique_ptr<Worker> merger_;
};

}  // namespace sluice::storage
