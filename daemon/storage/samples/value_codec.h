// The float values of a series in a sample part, in whichever form is smallest: constant, whole
// numbers or short decimals as steps or as distances from the least, or XOR with the value before.
// Bytes: docs/format/sample-part.md. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/types/log_entry.h"

namespace sluice::storage {

// How numbers lie: in as few bits as they need, or in bytes, which zstd can see through. A group of
// series takes the one that is smaller after zstd.
enum class ValueLayout : std::uint8_t { packed = 1, bytes = 2 };

// On disk.
enum class ValueKind : std::uint8_t {
  constant = 1,
  steps = 2,
  distances = 3,
  xored = 4,
  histograms = 5,  // not of this codec
};

// At least one sample; returns what was chosen.
ValueKind put_values(std::string& out, std::span<const Sample> samples, ValueLayout layout);
// Fills all of `out`. False: the bytes are none.
bool read_values(ValueKind kind, ValueLayout layout, std::string_view payload,
                 std::span<Sample> out);

}  // namespace sluice::storage
