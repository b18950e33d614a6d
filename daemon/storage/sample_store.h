// SampleStore: metric samples from write to retention. Steps: write (prepare, add_to, apply around
// the caller's commit, so that documents and samples may share a step), seal, merge and drop.
// Safe from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "daemon/storage/deleted_samples.h"
#include "daemon/storage/metadata_store.h"
#include "daemon/storage/sample_cuts.h"
#include "daemon/storage/sample_part_reader.h"
#include "daemon/storage/tenant_samples.h"
#include "query/source.h"

namespace sluice::storage {

class SampleStore : public query::SampleSource {
 public:
  // What retention hides of a tenant as of now.
  using CutsOf = std::function<std::vector<RetentionCut>(const TenantId&)>;
  // What was deleted of a tenant; never null.
  using DeletionsOf = std::function<SampleDeletionList(const TenantId&)>;
  SampleStore(Database& database, const StoreOptions& options, Clock& clock,
              StorageMetrics& metrics, CutsOf cuts_of, DeletionsOf deletions_of);
  Result<void> recover();

  // A write that is judged and numbered, but not yet durable.
  struct Prepared {
    TenantSamples* samples = nullptr;
    PreparedWrite write;
    std::uint64_t number = 0;
    std::vector<MetricMetadata> metadata;  // what changed
    std::size_t accepted = 0;              // new ones and equal ones
    bool empty() const { return write.batch.series.empty() && metadata.empty(); }
  };
  // What `write` points to must live until apply().
  Result<Prepared> prepare(const TenantId& tenant, Origin origin, SampleWrite& write,
                           std::vector<MetricMetadata> metadata);
  static void add_to(Batch& step, const Prepared& write);
  // It is durable.
  void apply(const Prepared& write);

  // The newest sample that came from outside: a rule's own output says nothing about arrivals.
  std::optional<Timestamp> newest_arrived(const TenantId& tenant) const;

  Result<std::unique_ptr<query::SeriesCursor>> select(const query::SampleSelect& select,
                                                      query::QueryContext& context) override;
  Result<std::vector<LabelSet>> series(const query::SampleSelect& select,
                                       query::QueryContext& context) override;
  Result<std::vector<std::string>> label_names(const query::SampleSelect& select,
                                               query::QueryContext& context) override;
  Result<std::vector<std::string>> label_values(const query::SampleSelect& select,
                                                const std::string& name,
                                                query::QueryContext& context) override;
  Result<std::vector<MetricMetadata>> metadata(const TenantId& tenant) override;

  // Seals heads that are large or old enough; with `everything`, all of them.
  Result<void> seal(bool everything);
  // Joins the parts of windows that are over, or have very many; `stop` ends it between steps.
  Result<void> merge(const std::function<bool()>& stop);
  // Parts of days before `day`.
  Result<void> drop_before(Day day);
  Result<void> drop_before(const TenantId& tenant, Day day);
  std::vector<TenantId> tenant_ids() const;
  void update_gauges() const;

 private:
  Result<std::vector<std::string>> labels_of(const query::SampleSelect& select,
                                             const std::string* name, query::QueryContext& context);
  Result<void> recover_states();
  Result<void> recover_parts();
  Result<void> remove_orphans();
  Result<bool> has_part(const std::string& key) const;
  Result<void> recover_head();
  void note_refused(TenantSamples& samples, const PreparedWrite& write);
  Result<void> judge_suspects(const TenantSamples& samples, const SampleWrite& write,
                              PreparedWrite& judged);
  Result<void> seal_tenant(TenantSamples& samples);
  // Writes parts of the windows that are not done.
  Result<void> write_windows(const TenantSamples& samples, const TenantSamples::Sealing& sealing,
                             std::set<std::int64_t>& done, std::vector<SamplePart>& parts);
  Result<void> drop_parts(TenantSamples& samples, Day day);
  Result<void> adopt(TenantSamples& samples, const SamplePartList& old,
                     std::optional<SamplePart> merged);
  // What is not to be kept of a tenant's samples, as of the start of a merge.
  struct Unwanted {
    explicit Unwanted(const SampleStore& store, const TenantId& tenant)
        : cuts(store.cuts_of_(tenant)), deleted(store.deletions_of_(tenant)) {}
    SampleCuts cuts;
    DeletedSamples deleted;
  };
  Result<void> merge_tenant(TenantSamples& samples, const std::function<bool()>& stop);
  Result<void> merge_parts(TenantSamples& samples, const SamplePartList& parts,
                           const std::function<bool()>& stop);
  void free_space_of(const SamplePartList& parts);
  void forget_gone_parts();
  Result<bool> holds_hidden(const SamplePartPtr& part, SampleCuts& cuts);
  Result<bool> holds_unwanted(const SamplePartPtr& part, Unwanted& unwanted);
  // Parts to write again for what they hold that is not wanted, beside those that are merged.
  Result<SamplePartList> spoiled_parts(TenantSamples& samples,
                                       const std::vector<SamplePartList>& merging,
                                       Unwanted& unwanted);

  TenantSamples& tenant(const TenantId& tenant);
  TenantSamples* find_tenant(const TenantId& tenant) const;
  std::vector<TenantSamples*> tenants() const;

  Database& database_;
  const StoreOptions& options_;
  Clock& clock_;
  StorageMetrics& metrics_;
  const CutsOf cuts_of_;
  const DeletionsOf deletions_of_;
  MetadataStore metadata_;
  SamplePartCache cache_;
  std::atomic<std::uint64_t> next_number_{1};  // of batches and parts
  std::atomic<bool> sealed_batches_{false};    // their space is not free yet
  std::mutex seal_mutex_;                      // held over one seal
  std::mutex merge_mutex_;                     // held over one merge or drop
  std::set<PartId> unmergeable_;               // damaged; protected by merge_mutex_
  // Up to which cut and deletion parts were searched for samples that are not wanted; protected by
  // merge_mutex_.
  struct Searched {
    std::int64_t cut_ms = INT64_MIN;
    std::uint64_t deletion = 0;
  };
  std::map<PartId, Searched> searched_;
  mutable std::shared_mutex tenants_mutex_;
  std::map<TenantId, std::unique_ptr<TenantSamples>> tenants_;  // protected by tenants_mutex_
};

}  // namespace sluice::storage
