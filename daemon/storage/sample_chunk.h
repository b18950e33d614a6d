// Sample chunks: the samples of one series, delta-of-delta timestamps and XORed values in a bit
// stream. Format: docs/format/sample-chunk.md. Values come back bit by bit, NaN payloads included.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/log_entry.h"
#include "base/types/result.h"

namespace sluice::storage {

// `samples`: ascending timestamps, unique, at least one.
std::string encode_chunk(std::span<const Sample> samples);
// Error(corrupt).
Result<std::vector<Sample>> decode_chunk(std::string_view payload);

}  // namespace sluice::storage
