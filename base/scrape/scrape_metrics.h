// The scraper's metrics about itself, sluice_scrape_*. Handles; safe from any thread.
#pragma once

#include "base/scrape/scrape_body.h"
#include "base/telemetry/metrics.h"

namespace sluice::scrape {

struct ScrapeMetrics {
  explicit ScrapeMetrics(Metrics& metrics);

  Gauge jobs;
  Gauge targets;
  Gauge dropped_targets;
  Gauge wrong_targets;
  Gauge wrong_files;
  Counter succeeded;
  Counter failed;
  Counter missed;  // ticks at which the scrape before was not over or no thread was free
  Histogram seconds;
  Counter bytes;
  Counter samples;
  Counter duplicates;
  Counter out_of_order;
  Counter out_of_bounds;
  Counter oversized;
  Counter exemplars;
  Counter body_limit;
  Counter sample_limit;
  Counter label_limit;
  Counter target_limit;
  Counter write_failures;

  void count(const ScrapeTally& tally);
  void count(ExceededLimit limit);
};

}  // namespace sluice::scrape
