// RFC 3339 members of our documents.
#pragma once

#include <optional>
#include <string_view>

#include "daemon/alerting/json_document.h"

namespace sluice::release {

// nullopt when absent or null; Error(invalid_argument) naming the member when it is no time.
inline Result<std::optional<Timestamp>> time_member(const alerting::JsonDocument& doc,
                                                    std::string_view member) {
  if (!doc.has(member)) return std::optional<Timestamp>();
  auto time = parse_rfc3339(doc.text(member));
  if (!time) return invalid_argument("\"" + std::string(member) + "\": " + time.error().message);
  return std::optional<Timestamp>(*time);
}

}  // namespace sluice::release
