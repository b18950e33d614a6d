#include "daemon/alerting/notify_group.h"

#include <algorithm>

#include "daemon/alerting/hash_text.h"
#include "daemon/alerting/json_document.h"
#include "daemon/alerting/json_encode.h"
#include "rules/evaluate.h"

namespace sluice::alerting {

std::string NotifyGroup::hash() const {
  return hash_text({route_key, labels.to_string()});
}
std::string NotifyGroup::document_key() const {
  return "n/" + receiver + "/" + hash();
}
std::string NotifyGroup::group_key() const {
  return route_key + ":" + labels.to_string();
}

std::string NotifyGroup::outbox_slot(std::size_t webhook) const {
  return "notify/" + receiver + "/" + hash() + "/" + std::to_string(webhook);
}

std::string NotifyGroup::idempotency_key(std::size_t webhook) const {
  return outbox_slot(webhook) + "/" + std::to_string(unix_ns(created)) + "-" +
         std::to_string(sequence);
}

std::size_t NotifyGroup::firing() const {
  return static_cast<std::size_t>(std::count_if(
      alerts.begin(), alerts.end(), [](const auto& item) { return !item.second.ends; }));
}

void add_firing(NotifyGroup& group, const std::string& fingerprint, GroupAlert alert) {
  const auto it = group.alerts.find(fingerprint);
  if (it != group.alerts.end()) alert.notified = it->second.notified;
  group.alerts[fingerprint] = std::move(alert);
  group.dirty = true;
}

void set_resolved(NotifyGroup& group, const std::string& fingerprint, Timestamp ends) {
  const auto it = group.alerts.find(fingerprint);
  if (it == group.alerts.end()) return;
  if (it->second.notified) {
    it->second.ends = ends;
    group.dirty = true;
  } else {
    group.alerts.erase(it);  // nobody was told it began
  }
}

std::optional<Timestamp> due_at(const NotifyGroup& group, const Route& route) {
  if (group.alerts.empty()) return std::nullopt;
  if (!group.notified) return group.created + route.group_wait;
  if (group.dirty) return *group.notified + route.group_interval;
  if (group.firing() == 0) return std::nullopt;
  return *group.notified + std::max(route.repeat_interval, route.group_interval);
}

void mark_notified(NotifyGroup& group, Timestamp now) {
  std::erase_if(group.alerts, [](const auto& item) { return item.second.ends.has_value(); });
  for (auto& [fingerprint, alert] : group.alerts) alert.notified = true;
  group.notified = now;
  group.dirty = false;
  ++group.sequence;
}

std::string encode(const NotifyGroup& group) {
  JsonWriter w;
  w.begin_object().key("v").number(1).key("receiver").string(group.receiver);
  w.key("route").string(group.route_key).key("group");
  write_labels(w, group.labels);
  w.key("created").number(unix_ns(group.created)).key("notified");
  write_ns(w, group.notified);
  w.key("dirty").boolean(group.dirty).key("sequence").number(group.sequence);
  w.key("alerts").begin_array();
  for (const auto& [fingerprint, alert] : group.alerts) {
    w.begin_object().key("labels");
    write_labels(w, alert.labels);
    w.key("annotations");
    write_labels(w, alert.annotations);
    w.key("starts").number(unix_ns(alert.starts)).key("ends");
    write_ns(w, alert.ends);
    w.key("url").string(alert.generator_url).key("notified").boolean(alert.notified).end_object();
  }
  w.end_array().end_object();
  return w.take();
}

Result<NotifyGroup> decode_group(std::string_view key, std::string_view value) {
  SLUICE_TRY(const auto doc, JsonDocument::parse(value, "notification group " + std::string(key)));
  NotifyGroup group;
  group.receiver = doc.text("receiver");
  group.route_key = doc.text("route");
  group.labels = doc.labels("group");
  group.created = doc.time("created");
  group.notified = doc.optional_time("notified");
  group.dirty = doc.boolean("dirty");
  group.sequence = static_cast<std::uint64_t>(doc.integer("sequence"));
  for (const auto& item : doc.list("alerts")) {
    GroupAlert alert{item.labels("labels"), item.labels("annotations"),
                     item.time("starts"),   item.optional_time("ends"),
                     item.text("url"),      item.boolean("notified")};
    group.alerts[rules::fingerprint(alert.labels)] = std::move(alert);
  }
  SLUICE_CHECK(doc.finish());
  return group;
}

}  // namespace sluice::alerting
