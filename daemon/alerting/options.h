// AlertingOptions: the `alerting` section of sluiced.yaml. Keys: docs/guide/alerting.md.
#pragma once

#include <string>
#include <vector>

#include "base/http/tls.h"
#include "base/types/ids.h"
#include "base/types/labels.h"
#include "daemon/alerting/outbox.h"
#include "daemon/alerting/route.h"

namespace sluice::alerting {

// Where and how an HTTP call goes out.
struct HttpTarget {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string bearer_token_file;
  http::TlsClientOptions tls;
  Duration timeout = std::chrono::seconds(10);
};

struct WebhookReceiver {
  HttpTarget target;
  bool send_resolved = true;
  std::size_t max_alerts = 0;  // 0: all
};

struct Receiver {
  std::string name;
  std::vector<WebhookReceiver> webhooks;
};

struct AlertingOptions {
  TenantId tenant = default_tenant();
  std::vector<std::string> rule_files;  // globs
  Duration evaluation_interval = std::chrono::minutes(1);
  Duration query_offset{0};
  Duration stale_after = std::chrono::minutes(5);
  std::size_t workers = 2;          // rule groups evaluated at a time
  bool write_alerts_series = true;  // ALERTS, ALERTS_FOR_STATE
  std::string external_url = "http://127.0.0.1:3180";
  LabelSet external_labels;
  std::vector<Receiver> receivers;
  Route route;
  OutboxOptions outbox;
};

}  // namespace sluice::alerting
