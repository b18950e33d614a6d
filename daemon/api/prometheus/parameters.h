// Reading the parameters of Prometheus' API. Errors are bare texts; the endpoints add which
// parameter they are about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/message.h"
#include "base/types/result.h"
#include "base/types/time.h"
#include "query/ast/label_matcher.h"

namespace sluice::api::prometheus {

// Unix seconds, possibly with a fraction, or RFC 3339. Milliseconds since the epoch.
Result<std::int64_t> parse_time(const std::string& text);
// Seconds as a number, or a Prometheus duration. Milliseconds.
Result<std::int64_t> parse_duration(const std::string& text);
// 0 when absent: no limit.
Result<std::size_t> parse_limit(const http::Params& params);

// What a match[] selects.
using Selector = std::vector<query::LabelMatcher>;
Result<std::vector<Selector>> parse_selectors(const std::vector<std::string>& texts);

struct TimeSpan {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
};
// `start` and `end`; everything when absent. The error names the parameter.
Result<TimeSpan> parse_span(const http::Params& params);

}  // namespace sluice::api::prometheus
