// Values that are no short decimals: the XOR of each with the one before, in Gorilla's code
// (Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB 2015).
// Bits: docs/format/sample-part.md. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/types/log_entry.h"

namespace sluice::storage {

// The values of at least one sample.
void put_xored(std::string& out, std::span<const Sample> samples);
// The values of all of `out`. False: the bytes are none.
bool read_xored(std::string_view payload, std::span<Sample> out);

}  // namespace sluice::storage
