// The samples a scrape reports about itself, under the target's labels: up,
// scrape_duration_seconds, scrape_samples_scraped, scrape_samples_post_metric_relabeling and
// scrape_series_added. Pure.
#pragma once

#include <vector>

#include "base/scrape/scrape_body.h"

namespace sluice::scrape {

struct ScrapeReport {
  bool up = false;
  double seconds = 0;
  ScrapeTally tally;
};

void append_report(const ScrapeReport& report, const LabelSet& target_labels, std::int64_t now_ms,
                   std::vector<SeriesSamples>& out);
// The same series, each with a stale marker: the target is gone.
void append_report_end(const LabelSet& target_labels, std::int64_t now_ms,
                       std::vector<SeriesSamples>& out);

inline constexpr std::size_t report_samples = 5;

}  // namespace sluice::scrape
