// Names and values of the labels of one tenant's series, as /labels and /label/X/values want them:
// from the head, and from the postings of sealed parts as far as those tell it exactly.
#pragma once

#include <string>
#include <vector>

#include "daemon/storage/sample_cuts.h"
#include "daemon/storage/sample_part_reader.h"
#include "daemon/storage/tenant_samples.h"
#include "query/source.h"

namespace sluice::storage {

// Of the series that list_series() (series_cursor.h) would find: values of the label `name`, or
// with null the names of labels. Ascending, each once, none empty.
Result<std::vector<std::string>> list_labels(SamplePartCache& cache, const TenantSamples& tenant,
                                             const query::SampleSelect& select,
                                             const std::string* name, SampleCuts& cuts,
                                             query::QueryContext& context);

}  // namespace sluice::storage
