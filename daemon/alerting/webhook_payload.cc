#include "daemon/alerting/webhook_payload.h"

#include <algorithm>
#include <vector>

#include "daemon/alerting/json_encode.h"
#include "rules/evaluate.h"

namespace sluice::alerting {
namespace {

using Alerts = std::vector<const GroupAlert*>;

Alerts chosen(const NotifyGroup& group, bool send_resolved) {
  Alerts out;
  for (const auto& [fingerprint, alert] : group.alerts) {
    if (!alert.ends || send_resolved) out.push_back(&alert);
  }
  std::sort(out.begin(), out.end(), [](const GroupAlert* a, const GroupAlert* b) {
    return std::tuple(a->ends.has_value(), a->labels) < std::tuple(b->ends.has_value(), b->labels);
  });
  return out;
}

// What all alerts have, with the same value.
LabelSet common(const Alerts& alerts, LabelSet GroupAlert::*member) {
  LabelSet out = alerts.front()->*member;
  for (const GroupAlert* alert : alerts) {
    LabelSet kept;
    for (const auto& [name, value] : out) {
      if ((alert->*member).get(name) == value) kept.set(name, value);
    }
    out = std::move(kept);
  }
  return out;
}

void write_alert(JsonWriter& w, const GroupAlert& alert) {
  // Go's zero time, which is what Alertmanager sends while an alert fires.
  constexpr std::string_view never = "0001-01-01T00:00:00Z";
  w.begin_object().key("status").string(alert.ends ? "resolved" : "firing").key("labels");
  write_labels(w, alert.labels);
  w.key("annotations");
  write_labels(w, alert.annotations);
  w.key("startsAt").string(format_rfc3339(alert.starts));
  w.key("endsAt").string(alert.ends ? format_rfc3339(*alert.ends) : std::string(never));
  w.key("generatorURL").string(alert.generator_url);
  w.key("fingerprint").string(rules::fingerprint(alert.labels)).end_object();
}

}  // namespace

std::string webhook_payload(const NotifyGroup& group, const PayloadOptions& options) {
  Alerts alerts = chosen(group, options.send_resolved);
  if (alerts.empty()) return "";
  const bool firing = !alerts.front()->ends;
  const LabelSet labels = common(alerts, &GroupAlert::labels);
  const LabelSet annotations = common(alerts, &GroupAlert::annotations);
  std::size_t truncated = 0;
  if (options.max_alerts > 0 && alerts.size() > options.max_alerts) {
    truncated = alerts.size() - options.max_alerts;
    alerts.resize(options.max_alerts);
  }
  JsonWriter w;
  w.begin_object().key("receiver").string(group.receiver);
  w.key("status").string(firing ? "firing" : "resolved").key("alerts").begin_array();
  for (const GroupAlert* alert : alerts) write_alert(w, *alert);
  w.end_array().key("groupLabels");
  write_labels(w, group.labels);
  w.key("commonLabels");
  write_labels(w, labels);
  w.key("commonAnnotations");
  write_labels(w, annotations);
  w.key("externalURL").string(options.external_url).key("version").string("4");
  w.key("groupKey").string(group.group_key());
  w.key("truncatedAlerts").number(std::uint64_t{truncated}).end_object();
  return w.take();
}

}  // namespace sluice::alerting
