// TenantSamples: the metric samples of one tenant: the head in memory and the list of sealed parts.
//
// A write is judged against the head, made durable by the caller, then added. Its epoch is the time
// between two seals: the first batch of an epoch that names a series tells its labels, and a seal
// removes all batches of the epochs before it, once none of them is in flight.
//
// A reader takes what matches in the head first, then the parts with a snapshot, then each series'
// samples; when a seal ended in between, it takes in the parts that are new (SeriesCursor). Series
// that were not written for a whole epoch and have no samples in the head leave memory.
// Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "daemon/storage/database.h"
#include "daemon/storage/sample_judge.h"
#include "daemon/storage/sample_part.h"

namespace sluice::storage {

class TenantSamples {
 public:
  explicit TenantSamples(TenantId tenant) : tenant_(std::move(tenant)) {}
  const TenantId& tenant() const { return tenant_; }

  // What writing it would do. Series that are new are made, up to `series_max` (0: any number). The
  // write's samples get sorted.
  PreparedWrite judge(SampleWrite& write, std::size_t series_max);
  // Whether series were refused, for the first time since the last seal.
  bool newly_full(const PreparedWrite& write);
  // It is durable, under this number.
  void add(const PreparedWrite& write, std::uint64_t number);
  // A batch found at start; false if it names series that no batch told of.
  bool recover(const SampleBatch& batch, std::uint64_t number);
  // After all of them.
  void recovered();
  // A sample with this timestamp came from outside; it may have been stored before.
  void arrived(std::int64_t timestamp_ms);
  void set_sealed_until(std::int64_t timestamp_ms);

  // In the order of keys.
  std::vector<SeriesIndex::Matched> match(const std::vector<query::LabelMatcher>& matchers) const;
  bool any(const HeadSeries& series, std::int64_t start_ms, std::int64_t end_ms) const;

  struct PartsView {
    SamplePartList parts;  // that overlap the range, by number
    std::uint64_t generation = 0;
    std::shared_ptr<const Snapshot> snapshot;
  };
  // Parts of seals after generation `after` (0: all), or merged from them.
  PartsView view(std::int64_t start_ms, std::int64_t end_ms, std::uint64_t after,
                 const Database& database) const;
  // Nothing if a seal ended since `generation`.
  std::optional<SampleRun> read(const HeadSeries& series, std::int64_t start_ms,
                                std::int64_t end_ms, std::uint64_t generation) const;

  struct HeadState {
    std::size_t samples = 0;
    std::size_t bytes = 0;  // of samples
    std::size_t series = 0;
    Timestamp oldest = Timestamp::max();  // batch
  };
  HeadState head_state() const;
  std::optional<std::int64_t> newest() const;
  std::optional<std::int64_t> newest_arrived() const;  // of those from outside

  // Everything in the head, frozen, in the order of keys.
  struct Sealing {
    std::vector<HeadSeriesPtr> series;
    std::vector<std::uint64_t> batches;
    std::uint32_t epoch = 0;
    std::int64_t newest = INT64_MIN;
  };
  Sealing begin_seal();
  SampleRun frozen(const HeadSeries& series) const;

  // Changes the list of parts together with the database: `commit` writes the step that does it.
  void recover_part(SamplePart part);
  Result<void> end_seal(const Sealing& sealing, std::vector<SamplePart> parts,
                        const std::function<Result<void>()>& commit);
  // `merged`: at most one, instead of `old`.
  Result<void> replace(const SamplePartList& old, std::vector<SamplePart> merged,
                       const std::function<Result<void>()>& commit);
  Result<void> drop(const SamplePartList& gone, const std::function<Result<void>()>& commit) {
    return replace(gone, {}, commit);
  }
  SamplePartList parts() const;

 private:
  struct HeadBatchInfo {
    std::uint64_t number;
    Timestamp received;
    std::uint32_t epoch;
  };
  // Null: there are as many as may be.
  HeadSeries* find_or_make(const KeyHash& hash, std::span<const LabelView> labels,
                           std::size_t series_max);
  void judge_series(const SampleWrite& write, std::uint32_t index, HeadSeries& series,
                    PreparedWrite& judged) const;
  void insert(HeadSeries& series, const SampleBatch& batch, const BatchSeries& written);
  void add_batch(const SampleBatch& batch, std::uint64_t number, std::uint32_t epoch);
  void drop_frozen(const Sealing& sealing);
  void evict_idle(std::uint32_t epoch);
  void count_bytes(const HeadSeries& series, std::size_t before);

  const TenantId tenant_;
  FlightBoard flights_;
  mutable std::shared_mutex parts_mutex_;  // taken before mutex_
  mutable std::mutex mutex_;
  // Protected by mutex_:
  SeriesIndex index_;
  std::unordered_map<std::uint64_t, HeadSeries*> recovering_;  // by number, during recovery
  std::vector<HeadBatchInfo> batches_;
  std::uint32_t epoch_ = 1;
  std::uint32_t full_in_ = UINT32_MAX;  // the last epoch in which series were refused
  std::uint64_t next_number_ = 1;       // of series
  std::size_t head_samples_ = 0;
  std::size_t head_bytes_ = 0;
  std::optional<std::int64_t> newest_;
  std::optional<std::int64_t> newest_arrived_;
  std::int64_t sealed_until_ = INT64_MIN;  // no part has a later sample
  // Changed under both, read under either:
  SamplePartList parts_;
  std::uint64_t generation_ = 1;
};

}  // namespace sluice::storage
