// Notifier: alerts into groups, groups into outbox rows. Pure bookkeeping over a StepBatch; what is
// decided becomes true only when the batch was committed (adopt()).
//
// Not thread-safe: the RuleManager holds its notify mutex around plan, commit and adopt.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/telemetry/metrics.h"
#include "daemon/alerting/notify_group.h"
#include "daemon/alerting/options.h"
#include "rules/evaluate.h"

namespace sluice::alerting {

// Everything one evaluation or flush writes, atomically.
struct StepBatch {
  storage::Step step;
  std::vector<OutboxRow> rows;
  std::map<std::string, std::optional<NotifyGroup>> groups;  // by document key; none: removed
};

class Notifier {
 public:
  Notifier(const AlertingOptions& options, const Outbox& outbox, Metrics& metrics);

  // A stored group, read at start.
  void restore(NotifyGroup group);
  // New routes after a reload. Groups of routes that are gone keep their receiver's root route.
  void configure(const AlertingOptions& options);

  // Fired and resolved alerts join and leave their groups; other events are none of its business.
  void apply(const std::vector<rules::AlertChange>& changes, const std::string& generator_url,
             Timestamp now, StepBatch& batch) const;
  // Every group that is due gets an outbox row. Groups already in the batch are seen as changed.
  void flush(Timestamp now, StepBatch& batch) const;
  // Writes the groups of the batch into its step. Call last, before the commit.
  static void write(StepBatch& batch);
  // The batch is durable.
  void adopt(const StepBatch& batch);

  // The webhook of a row, by its target "<receiver>/<index>"; none when no longer configured.
  std::optional<WebhookReceiver> webhook(const std::string& target) const;
  const std::map<std::string, NotifyGroup>& groups() const { return groups_; }

 private:
  NotifyGroup& edit(const std::string& key, StepBatch& batch, NotifyGroup fresh) const;
  void send(NotifyGroup group, Timestamp now, StepBatch& batch) const;
  const Route& route_of(const NotifyGroup& group) const;
  const Receiver* receiver(const std::string& name) const;

  const Outbox& outbox_;
  mutable Counter full_;
  std::string external_url_;
  Route route_;
  std::vector<Receiver> receivers_;
  std::map<std::string, NotifyGroup> groups_;  // by document key
};

}  // namespace sluice::alerting
