// Reading the samples of one tenant: the head and sealed parts joined, one series at a time, in the
// order of labels, without what retention hides. Memory is for one group of series of each part,
// and for the keys that match in the head.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/storage/sample_cuts.h"
#include "daemon/storage/sample_part_reader.h"
#include "daemon/storage/tenant_samples.h"
#include "query/source.h"

namespace sluice::storage {

inline constexpr const char* damaged_samples_warning =
    "some stored samples are damaged and missing from the result";

std::unique_ptr<query::SeriesCursor> make_series_cursor(SamplePartCache& cache,
                                                        const TenantSamples& tenant,
                                                        const query::SampleSelect& select,
                                                        std::vector<RetentionCut> cuts,
                                                        query::QueryContext& context);

// Series with samples in the range; those of a part count if the part overlaps it. Damage is left
// out with a warning, as by the cursor.
Result<std::vector<LabelSet>> list_series(SamplePartCache& cache, const TenantSamples& tenant,
                                          const query::SampleSelect& select, SampleCuts& cuts,
                                          query::QueryContext& context);

}  // namespace sluice::storage
