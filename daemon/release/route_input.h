// Reading requests: bodies with known members only, durations, limits.
#pragma once

#include <initializer_list>
#include <string_view>

#include "base/http/message.h"
#include "daemon/alerting/json_document.h"

namespace sluice::release {

// Error(invalid_argument): no JSON object, or a member nobody knows (named).
Result<alerting::JsonDocument> read_body(const http::Request& request,
                                         std::initializer_list<std::string_view> known);

// Error(invalid_argument) that names the member.
Result<std::optional<Duration>> duration_member(const alerting::JsonDocument& doc,
                                                std::string_view member);

// ?limit=, 50 by default, 1 to 500.
Result<std::size_t> read_limit(const http::Request& request);

// JSON types that were wrong, as the client's mistake.
Result<void> finish_body(const alerting::JsonDocument& doc);

}  // namespace sluice::release
