// http_post: one POST through libcurl, with everything bounded. For notifications and hooks.
//
// libcurl rather than our own client because it brings proxies (environment variables as curl has
// them) and the system's CA handling. Blocks; safe from any thread. No redirects are followed: a
// POST that is redirected is a wrong URL.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/alerting/options.h"

namespace sluice::alerting {

struct PostRequest {
  std::string body;
  std::string idempotency_key;
  std::vector<std::pair<std::string, std::string>> headers;  // besides the target's
};

inline constexpr std::size_t max_post_response = 64 << 10;  // more is cut off, not an error

// Never fails as a call: whatever happened is a Delivery. 2xx is delivered; 408, 425, 429, 5xx and
// transport errors are to be retried; anything else is refused.
Delivery http_post(const HttpTarget& target, const PostRequest& request);

// The rule above, by itself.
Delivery::Outcome outcome_of(int http_status);

}  // namespace sluice::alerting
