// Scraper: scrapes the targets of a configuration and hands what it finds to a store.
//
// start() runs it: one thread schedules, a pool of threads scrapes, since a scrape blocks on its
// target. A test calls step() instead and owns the clock. Every scrape is one write: its samples,
// the stale markers of series that are gone, and the report (up and so on). What the sink refuses
// is lost and counted; the next scrape is the retry. Targets end on the scraping threads, too, many
// at once, so that the schedule does not wait for it.
//
// Safe from any thread; stop() before destruction of what it was given.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/scrape/config.h"
#include "base/scrape/fetcher.h"
#include "base/scrape/target_loop.h"

namespace sluice::scrape {

// Stores one scrape. Blocks until it is durable (or queued); called from several threads.
using ScrapeSink = std::function<Result<void>(ScrapeWrite)>;

struct ScraperOptions {
  std::size_t threads = 32;  // scrapes at once; a target that does not answer holds one
  Bounds bounds;
};

struct TargetStatus {
  std::string job;
  std::shared_ptr<const Target> target;
  TargetState state;
};
struct DroppedTarget {
  std::string job;
  LabelSet discovered;
};
// What the API shows.
struct ScrapeStatus {
  std::vector<std::string> jobs;
  std::vector<TargetStatus> active;  // by job, then labels
  std::vector<DroppedTarget> dropped;
  std::map<std::string, std::size_t> dropped_counts;  // by job; `dropped` may have fewer
};

class Scraper {
 public:
  struct Parts {
    Clock& clock;
    Metrics& metrics;
    MakeFetcher make_fetcher;
    ScrapeSink sink;
  };
  Scraper(ScraperOptions options, Parts parts);
  ~Scraper();

  // The first configuration or the next one, checked and ready; the function puts it in force.
  Result<std::function<void()>> prepare(const ScrapeConfig& config);
  // Both. On an Error nothing changed.
  Result<void> apply(const ScrapeConfig& config);
  void start();
  // Cancels what runs and writes nothing more: a restart goes on where this ended.
  void stop();
  ScrapeStatus status() const;

  // Everything that is due now, one after the other on this thread; files of targets first.
  // The next time something is due, max() if nothing is.
  Timestamp step();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::scrape
