// Decimal chunks: samples whose values are whole numbers or short decimals, kept as integers.
// Format: docs/format/sample-chunk.md. Values come back bit by bit.
//
// Counters of events and bytes, seconds with two decimals and constants are most of what machines
// report; as integers their differences take a few bits where the XOR of floats takes many.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/log_entry.h"
#include "base/types/result.h"

namespace sluice::storage {

// `samples`: floats with ascending timestamps, unique, at least one. nullopt: a value is no such
// number.
std::optional<std::string> encode_decimal_chunk(std::span<const Sample> samples);
// Error(corrupt).
Result<std::vector<Sample>> decode_decimal_chunk(std::string_view payload);

}  // namespace sluice::storage
