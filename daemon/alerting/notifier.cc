#include "daemon/alerting/notifier.h"

#include <algorithm>

#include "daemon/alerting/webhook_payload.h"

namespace sluice::alerting {
namespace {

std::string target_of(const std::string& receiver, std::size_t webhook) {
  return receiver + "/" + std::to_string(webhook);
}

GroupAlert group_alert(const rules::ActiveAlert& alert, const std::string& generator_url) {
  return {alert.labels, alert.annotations, alert.state.fired_at,
          std::nullopt, generator_url,     false};
}

}  // namespace

Notifier::Notifier(const AlertingOptions& options, const Outbox& outbox, Metrics& metrics)
    : outbox_(outbox),
      full_(metrics.counter("sluice_alerting_outbox_full_total",
                            "Notifications that had to wait because the outbox was full.")) {
  configure(options);
}

void Notifier::configure(const AlertingOptions& options) {
  external_url_ = options.external_url;
  receivers_ = options.receivers;
  route_ = options.route;
  assign_keys(route_);
}

void Notifier::restore(NotifyGroup group) {
  const std::string key = group.document_key();
  groups_.insert_or_assign(key, std::move(group));
}

const Receiver* Notifier::receiver(const std::string& name) const {
  const auto it = std::find_if(receivers_.begin(), receivers_.end(),
                               [&](const Receiver& r) { return r.name == name; });
  return it == receivers_.end() ? nullptr : &*it;
}

std::optional<WebhookReceiver> Notifier::webhook(const std::string& target) const {
  for (const Receiver& r : receivers_) {
    for (std::size_t i = 0; i < r.webhooks.size(); ++i) {
      if (target_of(r.name, i) == target) return r.webhooks[i];
    }
  }
  return std::nullopt;
}

const Route& Notifier::route_of(const NotifyGroup& group) const {
  const Route* route = find_route(route_, group.route_key);
  return route != nullptr ? *route : route_;
}

NotifyGroup& Notifier::edit(const std::string& key, StepBatch& batch, NotifyGroup fresh) const {
  auto it = batch.groups.find(key);
  if (it == batch.groups.end()) {
    const auto known = groups_.find(key);
    it = batch.groups.emplace(key, known != groups_.end() ? known->second : fresh).first;
  }
  if (!it->second) it->second = std::move(fresh);
  return *it->second;
}

void Notifier::apply(const std::vector<rules::AlertChange>& changes,
                     const std::string& generator_url, Timestamp now, StepBatch& batch) const {
  using rules::AlertEvent;
  for (const auto& change : changes) {
    if (change.event != AlertEvent::fired && change.event != AlertEvent::resolved) continue;
    const std::string fingerprint = rules::fingerprint(change.alert.labels);
    for (const Route* route : match(route_, change.alert.labels)) {
      NotifyGroup fresh;
      fresh.receiver = route->receiver;
      fresh.route_key = route->key;
      fresh.labels = group_labels(*route, change.alert.labels);
      fresh.created = now;
      const std::string key = fresh.document_key();
      NotifyGroup& group = edit(key, batch, std::move(fresh));
      if (change.event == AlertEvent::fired) {
        add_firing(group, fingerprint, group_alert(change.alert, generator_url));
      } else {
        set_resolved(group, fingerprint, now);
      }
    }
  }
}

void Notifier::flush(Timestamp now, StepBatch& batch) const {
  auto flush_if_due = [&](const NotifyGroup& group) {
    const auto due = due_at(group, route_of(group));
    if (due && *due <= now) send(group, now, batch);
  };
  for (const auto& [key, group] : groups_) {
    if (!batch.groups.count(key)) flush_if_due(group);
  }
  const auto changed = batch.groups;
  for (const auto& [key, group] : changed) {
    if (group) flush_if_due(*group);
  }
}

void Notifier::send(NotifyGroup group, Timestamp now, StepBatch& batch) const {
  const Receiver* to = receiver(group.receiver);
  const std::size_t webhooks = to != nullptr ? to->webhooks.size() : 0;
  std::vector<OutboxRow> rows;
  for (std::size_t i = 0; i < webhooks; ++i) {
    const WebhookReceiver& hook = to->webhooks[i];
    OutboxRow row;
    row.slot = group.outbox_slot(i);
    row.kind = "notify";
    row.target = target_of(group.receiver, i);
    row.key = group.idempotency_key(i);
    row.body = webhook_payload(group, {external_url_, hook.send_resolved, hook.max_alerts});
    if (row.body.empty()) continue;
    if (!outbox_.has_room(row.slot)) return full_.inc();  // still due with the next tick
    rows.push_back(std::move(row));
  }
  mark_notified(group, now);
  batch.rows.insert(batch.rows.end(), rows.begin(), rows.end());
  const std::string key = group.document_key();
  batch.groups.insert_or_assign(key, std::move(group));
}

void Notifier::write(StepBatch& batch) {
  for (auto& [key, group] : batch.groups) {
    if (group && group->alerts.empty()) group.reset();
    if (group) {
      batch.step.put(storage::Keyspace::alert_state, key, encode(*group));
    } else {
      batch.step.remove(storage::Keyspace::alert_state, key);
    }
  }
}

void Notifier::adopt(const StepBatch& batch) {
  for (const auto& [key, group] : batch.groups) {
    if (group) {
      groups_.insert_or_assign(key, *group);
    } else {
      groups_.erase(key);
    }
  }
}

}  // namespace sluice::alerting
