// Writes chunks of either kind.
#pragma once

#include <span>

#include "daemon/storage/database.h"
#include "daemon/storage/sample_run.h"

namespace sluice::storage {

// `samples`: all floats or all histograms of `list`, at least one.
void put_chunk(Batch& step, const std::string& key, std::span<const Sample> samples,
               const HistogramList& list);

}  // namespace sluice::storage
