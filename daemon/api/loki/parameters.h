// Reading the parameters of Loki's API. Errors are what Loki would answer, code invalid_argument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"
#include "base/types/time.h"
#include "query/ast/label_matcher.h"
#include "query/source.h"

namespace sluice::api::loki {

// Per series of an answer; what Loki and Prometheus allow.
inline constexpr std::int64_t max_points = 11'000;

// With a '.': seconds; at most ten digits: seconds; more digits: nanoseconds; else RFC 3339.
Result<Timestamp> parse_time(const std::string& text);
// Seconds as a number, or a duration such as 5m or 15000ms.
Result<Duration> parse_step(const std::string& text);

// start and end. Default: until now, for `since` (or `default_since`).
Result<TimeRange> parse_range(const http::Params& params, Timestamp now,
                              Duration default_since = std::chrono::hours{1});
// Default: so that there are about 250 steps, at least one second.
Result<Duration> parse_step_or_default(const http::Params& params, const TimeRange& range);
Result<std::size_t> parse_limit(const http::Params& params, std::size_t fallback = 100);
Result<query::Direction> parse_direction(const http::Params& params);

// A selector without stages: {app="web"}.
Result<std::vector<query::LabelMatcher>> parse_selector(const std::string& text);
// The selector in `query`; none if it is absent or empty.
Result<std::vector<query::LabelMatcher>> parse_optional_selector(const http::Params& params);

}  // namespace sluice::api::loki
