#include "base/scrape/scrape_metrics.h"

namespace sluice::scrape {

namespace {

Counter scrapes(Metrics& m, const std::string& result) {
  return m.counter("sluice_scrapes_total", "Scrapes of targets.", {{"result", result}});
}

Counter odd_samples(Metrics& m, const std::string& reason) {
  return m.counter("sluice_scrape_odd_samples_total",
                   "Scraped samples that were not what a target should give, by reason.",
                   {{"reason", reason}});
}

Counter limit_hits(Metrics& m, const std::string& limit) {
  return m.counter("sluice_scrape_limit_exceeded_total",
                   "Scrapes that failed because of a limit of their job.", {{"limit", limit}});
}

}  // namespace

ScrapeMetrics::ScrapeMetrics(Metrics& m)
    : jobs(m.gauge("sluice_scrape_jobs", "Scrape jobs configured.")),
      targets(m.gauge("sluice_scrape_targets", "Targets being scraped.")),
      dropped_targets(
          m.gauge("sluice_scrape_dropped_targets", "Targets that relabelling dropped.")),
      wrong_targets(m.gauge("sluice_scrape_wrong_targets",
                            "Targets that cannot be scraped: no address, wrong times, too many.")),
      wrong_files(m.gauge("sluice_scrape_wrong_files",
                          "Files of targets that could not be read the last time.")),
      succeeded(scrapes(m, "ok")),
      failed(scrapes(m, "failed")),
      missed(m.counter("sluice_scrape_missed_total",
                       "Scrapes left out because the one before was not over, or no thread was "
                       "free.")),
      seconds(m.histogram("sluice_scrape_duration_seconds", "Time of a scrape.",
                          Metrics::latency_buckets())),
      bytes(m.counter("sluice_scrape_bytes_total", "Bytes of scraped bodies, decompressed.")),
      samples(m.counter("sluice_scrape_samples_total", "Samples scraped.")),
      duplicates(odd_samples(m, "duplicate")),
      out_of_order(odd_samples(m, "out_of_order")),
      out_of_bounds(odd_samples(m, "out_of_bounds")),
      oversized(odd_samples(m, "oversized_labels")),
      exemplars(m.counter("sluice_scrape_skipped_exemplars_total",
                          "Scraped exemplars that broke a rule, or whose sample was not kept.")),
      body_limit(limit_hits(m, "body_size")),
      sample_limit(limit_hits(m, "samples")),
      label_limit(limit_hits(m, "labels")),
      target_limit(limit_hits(m, "targets")),
      write_failures(m.counter("sluice_scrape_write_failures_total",
                               "Scrapes whose samples could not be stored or queued.")) {}

void ScrapeMetrics::count(const ScrapeTally& tally) {
  samples.inc(static_cast<double>(tally.scraped));
  duplicates.inc(static_cast<double>(tally.duplicates));
  out_of_order.inc(static_cast<double>(tally.out_of_order));
  out_of_bounds.inc(static_cast<double>(tally.out_of_bounds));
  oversized.inc(static_cast<double>(tally.oversized));
  exemplars.inc(static_cast<double>(tally.exemplars));
}

void ScrapeMetrics::count(ExceededLimit limit) {
  if (limit == ExceededLimit::samples) sample_limit.inc();
  if (limit == ExceededLimit::labels) label_limit.inc();
}

}  // namespace sluice::scrape
