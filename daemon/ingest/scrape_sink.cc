#include "daemon/ingest/scrape_sink.h"

#include "daemon/storage/store.h"

namespace sluice::ingest {

scrape::ScrapeSink scrape_sink(storage::Store& store, TenantId tenant) {
  return [&store, tenant = std::move(tenant)](scrape::ScrapeWrite write) -> Result<void> {
    const auto accepted = store.write(tenant, std::move(write.series), std::move(write.metadata),
                                      std::move(write.exemplars));
    if (!accepted) return accepted.error();
    return {};
  };
}

}  // namespace sluice::ingest
