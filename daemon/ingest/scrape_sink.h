// Where the daemon's scraper puts what it scraped: one write of the store per scrape, the same
// fsynced step as a remote write's.
#pragma once

#include "base/scrape/scraper.h"
#include "base/types/ids.h"

namespace sluice::storage {
class Store;
}

namespace sluice::ingest {

// `store` must outlive it.
scrape::ScrapeSink scrape_sink(storage::Store& store, TenantId tenant);

}  // namespace sluice::ingest
