// Time tables: the timestamps of a series in a part. Series of one target share theirs, so that a
// part stores each table once (docs/format/sample-part.md). Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/log_entry.h"
#include "base/types/result.h"

namespace sluice::storage {

// No series has more in one part: a part covers six hours, a timestamp occurs once.
inline constexpr std::size_t part_samples_max = 6 * 3'600'000;

// Equal timestamps give equal bytes. `samples`: at least one, ascending.
void put_times(std::string& out, std::span<const Sample> samples);
// Error(corrupt).
Result<std::vector<std::int64_t>> read_times(std::string_view table);

std::string encode_time_block(std::span<const std::string> tables, int level);
// The tables, still encoded. Error(corrupt).
Result<std::vector<std::string>> decode_time_block(std::string_view payload);

}  // namespace sluice::storage
