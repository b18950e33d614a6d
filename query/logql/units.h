// Durations and byte sizes as LogQL reads them, in queries and in label values.
//
// No allocation, no Error: a value that is not a duration is an everyday case when labels are
// converted, line by line.
#pragma once

#include <optional>
#include <string_view>

#include "base/types/time.h"

namespace sluice::query::logql {

// In queries: Go's units (ns us µs ms s m h) and Prometheus' (d w y), decimals: "1h30m", "1.5h".
std::optional<Duration> parse_query_duration(std::string_view text);

// In label values, as Go's time.ParseDuration: no d, w, y; "0" and signs allowed. Seconds.
std::optional<double> parse_duration_seconds(std::string_view text);

// "10KB" = 10000, "5MiB" = 5 << 20, "3k", "1.5 GB", "42": powers of 1000 or, with an i, of 1024,
// in any case. Bytes.
std::optional<double> parse_bytes(std::string_view text);

// As Go's strconv.ParseFloat: the whole text, "Inf", "+Inf", "NaN" in any case, "0x1p-2".
std::optional<double> parse_float(std::string_view text);

}  // namespace sluice::query::logql
