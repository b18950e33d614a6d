// TenantSamples: the series of one tenant in memory: labels, index, and samples not yet sealed.
//
// Samples appear here after their batch is durable and leave after their chunk is. A reader takes a
// series' head samples and a database snapshot under one lock, so it sees each sample once (equal
// timestamps are joined anyway). Safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/types/ids.h"
#include "base/types/log_entry.h"
#include "daemon/storage/database.h"
#include "daemon/storage/sample_batch.h"
#include "daemon/storage/sample_run.h"
#include "query/ast/label_matcher.h"

namespace sluice::storage {

struct Series {
  explicit Series(LabelSet l) : labels(std::move(l)) {}
  const LabelSet labels;
  // Protected by the tenant's mutex:
  SeriesId id = 0;                        // 0: never sealed
  std::vector<Day> days;                  // with chunks, ascending
  std::int64_t sealed_until = INT64_MIN;  // no chunk has a later sample
  std::vector<Sample> head;               // ascending, unique
  // Native histograms of the head, by timestamp; null while there are none.
  std::unique_ptr<std::map<std::int64_t, HistogramPtr>> histograms = {};

  HistogramPtr histogram_at(const Sample& sample) const {
    return is_histogram(sample.value) && histograms ? histograms->at(sample.timestamp_ms)
                                                    : nullptr;
  }
};
using SeriesPtr = std::shared_ptr<Series>;

class TenantSamples {
 public:
  explicit TenantSamples(TenantId tenant) : tenant_(std::move(tenant)) {}
  const TenantId& tenant() const { return tenant_; }

  // What writing `series` would do, judged against the head. Fresh samples are sorted and unique;
  // suspects, sorted by series and time, may be in chunks, so the caller must look there.
  struct Judged {
    std::vector<SeriesSamples> fresh;
    struct Suspect {
      SeriesPtr series;
      SeriesId id;
      Sample sample;
      HistogramPtr histogram;
    };
    std::vector<Suspect> suspects;
    std::size_t equal = 0;      // stored already with this value
    std::size_t conflicts = 0;  // stored already with another
    void repeated(bool same) { ++(same ? equal : conflicts); }
  };
  Judged judge(std::vector<SeriesSamples> series) const;

  // Makes a durable batch visible.
  void add(std::uint64_t number, Timestamp received, Origin origin,
           const std::vector<SeriesSamples>& series);
  // A sample with this timestamp came from outside; it may have been stored before.
  void arrived(std::int64_t timestamp_ms);
  // A series found on disk at start.
  void add_sealed(SeriesId id, LabelSet labels, Day day, std::int64_t sealed_until);
  void set_sealed_until(std::int64_t timestamp_ms);

  std::vector<SeriesPtr> match(const std::vector<query::LabelMatcher>& matchers) const;
  // Whether a series may have samples in the range.
  bool active(const Series& series, std::int64_t start_ms, std::int64_t end_ms) const;

  struct SeriesView {
    SeriesId id = 0;
    std::vector<Day> days;
    SampleRun head;  // in the range
    std::unique_ptr<Snapshot> snapshot;
  };
  SeriesView view(const Series& series, std::int64_t start_ms, std::int64_t end_ms,
                  const Database& database) const;

  struct HeadState {
    std::size_t samples = 0;
    Timestamp oldest = Timestamp::max();
  };
  HeadState head_state() const;
  std::optional<std::int64_t> newest() const;
  std::optional<std::int64_t> newest_arrived() const;  // of those from outside
  std::size_t series_count() const;

  // A copy of the head to be sealed; ids are given to series that have none.
  struct Sealing {
    struct Item {
      SeriesPtr series;
      SeriesId id = 0;
      std::vector<Day> days;  // known before
      SampleRun run;
    };
    std::vector<Item> items;
    std::vector<std::uint64_t> batches;
    std::int64_t newest = INT64_MIN;
  };
  Sealing begin_seal();
  void end_seal(const Sealing& sealing);
  // Forgets days before `day`, and series that have nothing left. Returns how many days of series;
  // `dropped`, if given, gets the days.
  std::size_t drop_before(Day day, std::set<Day>* dropped = nullptr);

 private:
  Series& find_or_make(const LabelSet& labels);
  SeriesPtr find(const LabelSet& labels) const;
  void index(const SeriesPtr& series);
  SeriesId free_id(const LabelSet& labels) const;
  const std::vector<SeriesPtr>* smallest_posting(
      const std::vector<query::LabelMatcher>& matchers) const;

  struct Hash {
    std::size_t operator()(const LabelSet* labels) const { return labels->hash(); }
  };
  struct Equal {
    bool operator()(const LabelSet* a, const LabelSet* b) const { return *a == *b; }
  };

  const TenantId tenant_;
  mutable std::mutex mutex_;
  // Protected by mutex_:
  std::unordered_map<const LabelSet*, SeriesPtr, Hash, Equal> series_;
  std::unordered_map<SeriesId, SeriesPtr> by_id_;
  std::map<Label, std::vector<SeriesPtr>> postings_;
  std::size_t head_samples_ = 0;
  struct HeadBatchInfo {
    std::uint64_t number;
    Timestamp received;
  };
  std::vector<HeadBatchInfo> batches_;
  std::optional<std::int64_t> newest_;
  std::optional<std::int64_t> newest_arrived_;
};

}  // namespace sluice::storage
