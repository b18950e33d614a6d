// The body of a webhook notification: Alertmanager's, version "4", member by member.
// Source of the format: Alertmanager's documentation of webhook_config and its template data.
#pragma once

#include <string>

#include "daemon/alerting/notify_group.h"

namespace sluice::alerting {

struct PayloadOptions {
  std::string external_url;
  bool send_resolved = true;
  std::size_t max_alerts = 0;  // 0: all; the rest is counted in truncatedAlerts
};

// Firing alerts first, then resolved ones, each in order of labels. "" when there is nothing to
// tell: only resolved alerts, and the receiver does not want those.
std::string webhook_payload(const NotifyGroup& group, const PayloadOptions& options);

}  // namespace sluice::alerting
