// ExemplarStore: the newest exemplars of all tenants, in memory and as documents
// (docs/format/exemplars.md). What one write brings is one batch; past the bound the oldest batches
// go. Steps: prepare, add_to, apply around the caller's commit, so that samples and their exemplars
// share a step. Safe from any thread.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/storage/database.h"
#include "query/exemplar_source.h"

namespace sluice::storage {

// All tenants together; Prometheus keeps as many.
inline constexpr std::size_t exemplars_max = 100'000;

class ExemplarStore : public query::ExemplarSource {
 public:
  explicit ExemplarStore(std::size_t most = exemplars_max) : most_(most) {}
  Result<void> recover(const Database& database);

  // A batch that is numbered, but not yet durable, and the numbers of those that leave for it.
  struct Prepared {
    TenantId tenant;
    std::uint64_t number = 0;
    std::vector<SeriesExemplars> series;  // what is new
    std::size_t accepted = 0;             // new ones and those known already
    std::vector<std::uint64_t> dropped;
    bool empty() const { return series.empty(); }
  };
  Prepared prepare(const TenantId& tenant, std::vector<SeriesExemplars> series);
  static void add_to(Batch& step, const Prepared& write);
  // It is durable.
  void apply(const Prepared& write);

  // Removes batches that hold nothing at or after the time.
  Result<void> drop_before(Database& database, std::int64_t timestamp_ms);

  Result<std::vector<SeriesExemplars>> exemplars(
      const TenantId& tenant, const std::vector<std::vector<query::LabelMatcher>>& selectors,
      std::int64_t start_ms, std::int64_t end_ms) override;
  std::size_t count() const;

 private:
  struct Stored {
    std::uint64_t number = 0;  // of its batch; ascending within a series
    Exemplar exemplar;
  };
  using Series = std::map<LabelSet, std::deque<Stored>>;
  struct BatchInfo {
    std::uint64_t number = 0;
    TenantId tenant;
    std::vector<LabelSet> series;
    std::size_t count = 0;
    std::int64_t newest_ms = 0;
  };
  void add(const Prepared& write);
  void forget_oldest();
  bool known(const Series* series, const LabelSet& labels, const Exemplar& exemplar) const;

  const std::size_t most_;
  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::uint64_t next_number_ = 1;
  std::size_t count_ = 0;
  std::deque<BatchInfo> batches_;  // oldest first
  std::map<TenantId, Series> tenants_;
};

// Payload of one batch's document. Exposed for tests and the fuzzer. Error(corrupt).
std::string encode_exemplars(const TenantId& tenant, const std::vector<SeriesExemplars>& series);
struct ExemplarBatch {
  TenantId tenant;
  std::vector<SeriesExemplars> series;
};
Result<ExemplarBatch> decode_exemplars(std::string_view payload);

}  // namespace sluice::storage
