// ExemplarStore: the newest exemplars of all tenants, in memory and as documents
// (docs/format/exemplars.md). What one write brings is one batch; past the bound the oldest batches
// go. Steps: prepare, add_to, then apply or abandon around the caller's commit, so that samples and
// their exemplars share a step. Safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "daemon/storage/database.h"
#include "daemon/storage/tombstones.h"
#include "query/exemplar_source.h"

namespace sluice::storage {

// All tenants together; Prometheus keeps as many.
inline constexpr std::size_t exemplars_max = 100'000;

class ExemplarStore : public query::ExemplarSource {
 public:
  explicit ExemplarStore(std::size_t most = exemplars_max) : most_(most) {}
  // What is there beyond the bound is removed, the oldest first.
  Result<void> recover(Database& database);

  // A batch that is numbered, but not yet durable, and the numbers of those that leave for it.
  struct Prepared {
    TenantId tenant;
    std::uint64_t number = 0;
    std::vector<SeriesExemplars> series;  // what is new, and within the bound
    std::size_t count = 0;
    std::vector<std::uint64_t> dropped;
    bool empty() const { return series.empty(); }
  };
  Prepared prepare(const TenantId& tenant, std::vector<SeriesExemplars> series);
  static void add_to(Batch& step, const Prepared& write);
  // It is durable.
  void apply(Prepared write);
  // It is not, and what was to leave for it stays.
  void abandon(const Prepared& write);

  // Removes batches that hold nothing at or after their tenant's time (milliseconds).
  using FirstKept = std::function<std::int64_t(const TenantId&)>;
  Result<void> drop_before(Database& database, const FirstKept& first_kept);
  // The same by series, where rules have selectors: what they hide of its samples goes. Cheap if
  // called often: batches are looked at when they are new and when a cut has moved.
  using TenantCuts = std::function<std::vector<RetentionCut>(const TenantId&)>;
  Result<void> drop_cut(Database& database, const TenantCuts& cuts_of);
  // Removes what matches in [start_ms, end_ms].
  using Selectors = std::vector<std::vector<query::LabelMatcher>>;
  Result<void> remove(Database& database, const TenantId& tenant, const Selectors& selectors,
                      std::int64_t start_ms, std::int64_t end_ms);

  Result<std::vector<SeriesExemplars>> exemplars(const TenantId& tenant, const Selectors& selectors,
                                                 std::int64_t start_ms,
                                                 std::int64_t end_ms) override;
  std::size_t count() const;

 private:
  Result<void> drop_cut(Database& database, const TenantId& tenant,
                        const std::vector<RetentionCut>& cuts);
  struct Held {
    TenantId tenant;
    std::vector<SeriesExemplars> series;
    std::size_t count = 0;
    std::int64_t newest_ms = INT64_MIN;
    bool leaving = false;  // for a write that is not applied yet
  };
  // By what they say, not by where they lie.
  struct ContentHash {
    std::size_t operator()(const Exemplar* exemplar) const;
  };
  struct ContentEqual {
    bool operator()(const Exemplar* a, const Exemplar* b) const;
  };
  using Contents = std::unordered_set<const Exemplar*, ContentHash, ContentEqual>;
  struct Tenant {
    std::map<LabelSet, Contents> series;                         // into batches_
    std::set<std::pair<std::int64_t, std::uint64_t>> by_newest;  // newest_ms, number
    std::vector<Timestamp> cuts;  // that batches before `uncut` have been looked at with
    std::uint64_t uncut = 0;
  };
  using Batches = std::map<std::uint64_t, Held>;

  void keep_new(const TenantId& tenant, std::vector<SeriesExemplars>& series) const;
  std::vector<std::uint64_t> make_room();
  void add(std::uint64_t number, TenantId tenant, std::vector<SeriesExemplars> series);
  void index(std::uint64_t number, const Held& batch);
  void unindex(std::uint64_t number, const Held& batch);
  void forget(std::uint64_t number);
  Result<void> remove_batches(Database& database, const std::vector<std::uint64_t>& numbers);
  // Of which times a series loses its exemplars; milliseconds, both ends included.
  struct Span {
    std::int64_t first_ms = INT64_MAX;  // none
    std::int64_t last_ms = INT64_MIN;
    bool has(const Exemplar& exemplar) const {
      return first_ms <= exemplar.timestamp_ms && exemplar.timestamp_ms <= last_ms;
    }
  };
  using SpanOf = std::function<Span(const LabelSet& series)>;
  // Of batches from this number on.
  Result<void> remove_spans(Database& database, const TenantId& tenant, Writer writer,
                            std::uint64_t from_number, const SpanOf& span_of);

  const std::size_t most_;
  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::uint64_t next_number_ = 1;
  std::size_t count_ = 0;    // held, but for what is leaving
  std::size_t pending_ = 0;  // prepared and not applied yet
  Batches batches_;          // by number: oldest first
  std::map<TenantId, Tenant> tenants_;
};

// Payload of one batch's document. Exposed for tests and the fuzzer. Error(corrupt).
std::string encode_exemplars(const TenantId& tenant, const std::vector<SeriesExemplars>& series);
struct ExemplarBatch {
  TenantId tenant;
  std::vector<SeriesExemplars> series;
};
Result<ExemplarBatch> decode_exemplars(std::string_view payload);

}  // namespace sluice::storage
