// Reads an Alertmanager webhook body (payload version 4) into lines for a person.
#pragma once

#include <string>
#include <string_view>

#include "base/types/result.h"

namespace sluice::demo {

// Two lines for each alert in the notification, newline-terminated:
//
//   FIRING  ShopErrors  service=shop severity=page
//           5.1 % of requests fail (summary, else description, else "no summary")
//
// Error parse when the body is not a notification.
Result<std::string> describe_notification(std::string_view body);

}  // namespace sluice::demo
