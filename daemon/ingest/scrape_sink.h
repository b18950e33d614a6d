// Where the daemon's scraper puts what it scraped: one write of the store per scrape, the same
// fsynced step as a remote write's.
#pragma once

#include "base/scrape/scraper.h"
#include "base/types/ids.h"

namespace sluice {
class Metrics;
}
namespace sluice::storage {
class Store;
}

namespace sluice::ingest {

// `store` and `metrics` must outlive it.
scrape::ScrapeSink scrape_sink(storage::Store& store, TenantId tenant, Metrics& metrics);

}  // namespace sluice::ingest
