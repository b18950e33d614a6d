// Graded numbers: of each its grade, a byte that says how large it is, and the bits that the grade
// leaves open. Format and why: docs/format/slot-column.md.
//
// Private to the column encodings.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "daemon/storage/codec/bytes.h"

namespace sluice::storage {

// Appends number(i) for i < count.
void put_graded(std::span<const std::uint64_t> numbers, int zstd_level, std::string& out);
// Reads out.size() of them from the front. False: they are not there.
bool get_graded(ByteReader& in, std::span<std::int64_t> out);

}  // namespace sluice::storage
