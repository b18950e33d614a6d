// SeriesCursor over the series of one tenant that matched: head samples and chunks joined, one
// series at a time.
#pragma once

#include <memory>
#include <vector>

#include "daemon/storage/tenant_samples.h"
#include "query/source.h"

namespace sluice::storage {

std::unique_ptr<query::SeriesCursor> make_series_cursor(const Database& database,
                                                        const TenantSamples& tenant,
                                                        std::vector<SeriesPtr> series,
                                                        const query::SampleSelect& select,
                                                        query::QueryContext& context);

}  // namespace sluice::storage
