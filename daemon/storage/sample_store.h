// SampleStore: metric samples from write to retention. Steps: write (prepare, add_to, apply around
// the caller's commit, so that documents and samples may share a step), seal and merge.
// Safe from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "daemon/storage/merge_plan.h"
#include "daemon/storage/metadata_store.h"
#include "daemon/storage/sample_batch.h"
#include "daemon/storage/tenant_samples.h"
#include "query/source.h"

namespace sluice::storage {

class SampleStore : public query::SampleSource {
 public:
  SampleStore(Database& database, Clock& clock, StorageMetrics& metrics);
  Result<void> recover();

  // A write that is judged and numbered, but not yet durable.
  struct Prepared {
    TenantId tenant;
    std::uint64_t number = 0;
    Timestamp received{};
    Origin origin = Origin::outside;
    std::vector<SeriesSamples> series;  // what is new
    std::vector<MetricMetadata> metadata;
    std::size_t accepted = 0;  // new ones and equal ones
    std::optional<std::int64_t> newest_ms;  // of all that was offered
    bool empty() const { return series.empty() && metadata.empty(); }
  };
  Result<Prepared> prepare(const TenantId& tenant, Origin origin,
                           std::vector<SeriesSamples> series,
                           std::vector<MetricMetadata> metadata);
  static void add_to(Batch& step, const Prepared& write);
  // It is durable.
  void apply(const Prepared& write);

  // The newest sample that came from outside: a rule's own output says nothing about arrivals.
  std::optional<Timestamp> newest_arrived(const TenantId& tenant) const;

  Result<std::unique_ptr<query::SeriesCursor>> select(const query::SampleSelect& select,
                                                      query::QueryContext& context) override;
  Result<std::vector<LabelSet>> series(const TenantId& tenant,
                                       const std::vector<query::LabelMatcher>& matchers,
                                       std::int64_t start_ms, std::int64_t end_ms) override;
  Result<std::vector<MetricMetadata>> metadata(const TenantId& tenant) override;

  // Seals heads that are large or old enough; with `everything`, all of them.
  Result<void> seal(bool everything);
  // Joins the chunks of days that are over, or have very many; `stop` ends it between steps.
  Result<void> merge(const std::function<bool()>& stop);
  Result<void> drop_before(Day day, const std::function<Result<void>()>& remove);
  // The same for one tenant, whose days are then removed.
  Result<void> drop_before(const TenantId& tenant, Day day);
  std::vector<TenantId> tenant_ids() const;
  void update_gauges() const;

 private:
  Result<std::map<TenantId, std::int64_t>> recover_states();
  Result<void> recover_series(const std::map<TenantId, std::int64_t>& states);
  Result<void> recover_head();
  Result<void> judge_suspects(const TenantId& tenant, TenantSamples::Judged& judged);
  Result<void> seal_tenant(TenantSamples& samples);
  void recover_merged(const Scan& scan, Day day);
  Result<void> merge_day(const MergePlan::TenantDay& target, const std::function<bool()>& stop);
  Result<std::size_t> merge_slice(const std::string& prefix, std::string& from);

  TenantSamples& tenant(const TenantId& tenant);
  TenantSamples* find_tenant(const TenantId& tenant) const;
  std::vector<TenantSamples*> tenants() const;

  Database& database_;
  Clock& clock_;
  StorageMetrics& metrics_;
  MetadataStore metadata_;
  MergePlan merges_;
  std::atomic<std::uint64_t> next_number_{1};
  std::atomic<bool> sealed_batches_{false};  // their space is not free yet
  std::mutex seal_mutex_;  // held over one seal or one retention
  mutable std::shared_mutex tenants_mutex_;
  std::map<TenantId, std::unique_ptr<TenantSamples>> tenants_;  // protected by tenants_mutex_
};

}  // namespace sluice::storage
