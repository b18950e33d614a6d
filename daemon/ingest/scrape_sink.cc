#include "daemon/ingest/scrape_sink.h"

#include "daemon/ingest/ingest_metrics.h"
#include "daemon/storage/store.h"

namespace sluice::ingest {

scrape::ScrapeSink scrape_sink(storage::Store& store, TenantId tenant, Metrics& metrics) {
  return [&store, &metrics, tenant = std::move(tenant)](scrape::ScrapeWrite write) -> Result<void> {
    const auto outcome = store.write(tenant, std::move(write.series), std::move(write.metadata),
                                     std::move(write.exemplars));
    if (!outcome) return outcome.error();
    if (outcome->refused > 0) count_refused(metrics, "scrape", "too_many_series", outcome->refused);
    return {};
  };
}

}  // namespace sluice::ingest
