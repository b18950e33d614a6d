// Native histograms as bytes: alone, in sample batches, and in chunks of one series.
// Format: docs/format/sample-part.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/storage/codec/bytes.h"
#include "daemon/storage/samples/sample_run.h"

namespace sluice::storage {

void put_histogram(std::string& out, const NativeHistogram& histogram);
// Null where the bytes are none; the reader is then no longer ok().
HistogramPtr read_histogram(ByteReader& in);

// `samples`: at least one, all of them histograms of `list`.
std::string encode_histogram_chunk(std::span<const Sample> samples, const HistogramList& list);
// Error(corrupt).
Result<SampleRun> decode_histogram_chunk(std::string_view payload);

}  // namespace sluice::storage
