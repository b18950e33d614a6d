// Whole numbers in blocks, each number as its distance from the least of its block, in as few bits
// as the block needs (frame of reference); or as varints. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/storage/samples/value_codec.h"

namespace sluice::storage {

// |n| < 2^53 each. May be empty.
void put_integers(std::string& out, std::span<const std::int64_t> numbers, ValueLayout layout);
// Bytes that put_integers() would append.
std::size_t size_of_integers(std::span<const std::int64_t> numbers, ValueLayout layout);
// Fills `out` from all of `data`. False: the bytes are none.
bool read_integers(std::string_view data, ValueLayout layout, std::span<std::int64_t> out);

}  // namespace sluice::storage
