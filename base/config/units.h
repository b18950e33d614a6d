// Numbers with units as people write them in configuration and flags.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice {

// "512", "64MiB", "1.5 GB". KiB, MiB, GiB, TiB are powers of 1024; kB, MB, GB, TB of 1000; B or no
// unit is bytes. Case does not matter. Errors say what would be accepted (ErrorCode::parse).
Result<std::uint64_t> parse_bytes(std::string_view text);
// The largest unit that gives a whole number: 67108864 -> "64MiB", 1000 -> "1000".
std::string format_bytes(std::uint64_t bytes);

// "1h30m", "15s", "250ms", "1.5h", "0": Prometheus' form first, then Go's. Never negative.
Result<Duration> parse_config_duration(std::string_view text);

}  // namespace sluice
