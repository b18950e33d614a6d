// Scraped samples as bodies of remote write 1.0 (docs/format/remote-write.md), split so that each
// stays far below what receivers take.
#pragma once

#include <vector>

#include "agent/ship/remote_writer.h"
#include "base/scrape/scraper.h"

namespace sluice::agent {

// `external` labels go on each series that has none of that name, as Prometheus' external_labels.
std::vector<WriteBody> encode_scrape(const scrape::ScrapeWrite& write, const LabelSet& external);

}  // namespace sluice::agent
