// /api/v1/targets, /api/v1/scrape_pools and /api/v1/targets/metadata: what the daemon scrapes. The
// scraped samples are one tenant's: addresses and errors of targets are shown to that tenant and to
// administrators; for others there are none.
#pragma once

#include <functional>

#include "base/http/router.h"
#include "base/scrape/scraper.h"

namespace sluice::api {

// `status` is called for each request, from any thread, as long as the router lives.
void add_target_routes(http::Router& router, std::function<scrape::ScrapeStatus()> status,
                       const TenantId& tenant);

}  // namespace sluice::api
