// NotifyGroup: the alerts that go into one notification, and the pure decisions about when.
// Stored form: docs/format/alert-state.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/types/labels.h"
#include "base/types/time.h"
#include "daemon/alerting/route.h"

namespace sluice::alerting {

struct GroupAlert {
  LabelSet labels;
  LabelSet annotations;
  Timestamp starts{};
  std::optional<Timestamp> ends;  // set: resolved
  std::string generator_url;
  bool notified = false;  // as firing, in some notification
};

struct NotifyGroup {
  std::string receiver;
  std::string route_key;
  LabelSet labels;  // the group labels
  Timestamp created{};
  std::optional<Timestamp> notified;
  bool dirty = false;
  std::uint64_t sequence = 0;
  std::map<std::string, GroupAlert> alerts;  // by fingerprint

  std::string hash() const;                                // 16 hex digits
  std::string document_key() const;                        // n/<receiver>/<hash>
  std::string outbox_slot(std::size_t webhook) const;      // notify/<receiver>/<hash>/<webhook>
  std::string group_key() const;                           // Alertmanager's: {}:{alertname="A"}
  std::string idempotency_key(std::size_t webhook) const;  // of notification `sequence`
  std::size_t firing() const;
};

// A firing alert joins (or its annotations are renewed); a resolved one leaves or waits to be told.
void add_firing(NotifyGroup& group, const std::string& fingerprint, GroupAlert alert);
void set_resolved(NotifyGroup& group, const std::string& fingerprint, Timestamp ends);

// When the next notification is due: group_wait after the group began, group_interval after the
// last one if something changed, else repeat_interval while something fires. nullopt: never.
std::optional<Timestamp> due_at(const NotifyGroup& group, const Route& route);

// What the group becomes once a notification with its present alerts is in the outbox.
void mark_notified(NotifyGroup& group, Timestamp now);

std::string encode(const NotifyGroup& group);
Result<NotifyGroup> decode_group(std::string_view key, std::string_view value);

}  // namespace sluice::alerting
