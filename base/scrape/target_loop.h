// TargetLoop: one target over time: its cache, its state for the API, its scrapes.
//
// scrape() and end() are called by one thread at a time (the scheduler hands a loop out once);
// the rest is safe from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/scrape/fetcher.h"
#include "base/scrape/scrape_metrics.h"
#include "base/scrape/series_cache.h"
#include "base/types/time.h"

namespace sluice::scrape {

// A job with everything compiled. Immutable.
struct Job {
  JobConfig config;
  Relabeler relabel;
  Relabeler metric_relabel;
  std::shared_ptr<Fetcher> fetcher;
};
using JobPtr = std::shared_ptr<const Job>;

enum class Health { unknown, up, down };
std::string_view to_string(Health health);

struct TargetState {
  Health health = Health::unknown;
  std::string last_error;
  std::optional<Timestamp> last_scrape;
  double last_seconds = 0;
  std::shared_ptr<const Descriptions> descriptions;  // of the last scrape that succeeded
};

// What a scrape gives to the store.
struct ScrapeWrite {
  std::vector<SeriesSamples> series;
  std::vector<MetricMetadata> metadata;
  std::vector<SeriesExemplars> exemplars = {};  // in the order of `series`
};

class TargetLoop {
 public:
  TargetLoop(Target target, JobPtr job);

  // What takes effect from the next scrape on. With `forced_error` scrapes fail with it, unasked.
  void update(Target target, JobPtr job);
  void force_error(std::string error);

  // Asks the target and makes samples of the answer, stamped `at`, or of the failure.
  ScrapeWrite scrape(Timestamp at, Clock& clock, const Bounds& bounds, ScrapeMetrics& metrics,
                     const std::stop_token& cancel);
  // The last scrape was not stored: what it said about families, and its exemplars, are news once
  // more.
  void forget_told();

  // The target is gone: gives the series that were live.
  std::vector<SeriesPtr> take_live();
  // Takes out of `series` what the last scrape had. Waits while an answer is being read.
  void strike_live(SeriesSet& series) const;
  // Labels that everything that is live has, with these values.
  LabelSet settled_labels() const;

  // Is a scrape of it under way or queued?
  bool busy() const { return busy_; }
  void set_busy(bool busy) { busy_ = busy; }

  std::shared_ptr<const Target> target() const;
  TargetState state() const;

 private:
  struct Plan {
    std::shared_ptr<const Target> target;
    JobPtr job;
    std::string forced_error;
  };
  Plan plan() const;
  ScrapedBody read(const Plan& plan, Timestamp at, const Bounds& bounds, ScrapeMetrics& metrics,
                   const std::stop_token& cancel);
  void remember(Timestamp at, double seconds, const std::optional<Error>& error);
  std::vector<MetricMetadata> take_news(Descriptions descriptions);

  std::atomic<bool> busy_{false};
  mutable std::mutex mutex_;
  Plan plan_;                                 // guarded by mutex_
  TargetState state_;                         // guarded by mutex_
  std::shared_ptr<const Descriptions> told_;  // to the store; guarded by mutex_
  mutable std::mutex cache_mutex_;
  SeriesCache cache_;  // guarded by cache_mutex_
  JobPtr cached_for_;  // whose rules made the cache's labels; guarded by cache_mutex_
};

}  // namespace sluice::scrape
