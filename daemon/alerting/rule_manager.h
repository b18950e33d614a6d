// RuleManager: loads rule files, evaluates their groups on time, keeps alerts, tells the notifier.
//
// One rule's evaluation is one step: its alert document, recorded samples, notification groups and
// outbox rows are one commit, so a crash neither forgets nor invents a page. If the commit fails,
// nothing happened: the state in memory stays what the store has.
//
// Groups are evaluated at slots (a hash of file and name spreads them over their interval), missed
// slots are skipped and counted. start() runs workers; tests call run_due() instead. All members
// are safe from any thread; reload() waits for evaluations in progress.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "daemon/alerting/notifier.h"
#include "daemon/alerting/options.h"
#include "daemon/alerting/sight.h"
#include "rules/rule_file.h"

namespace sluice::alerting {

// What the API shows of a rule and its group.
struct RuleView {
  rules::RuleKind kind = rules::RuleKind::alerting;
  std::string name;
  std::string query;
  std::string language;
  rules::AlertTimes times;
  LabelSet labels;
  LabelSet annotations;
  std::string health = "unknown";  // ok, err, unknown
  std::string evidence;            // ok, breach, no_data, stale, error; "" before the first time
  std::string last_error;
  Duration evaluation_time{0};
  Timestamp last_evaluation{};
  rules::ActiveAlerts alerts;
};
struct GroupView {
  std::string name;
  std::string file;
  Duration interval{0};
  std::size_t limit = 0;
  Duration evaluation_time{0};
  Timestamp last_evaluation{};
  std::vector<RuleView> rules;
};

class RuleManager {
 public:
  struct Parts {
    storage::Store& store;
    Outbox& outbox;
    rules::QueryFn query;
    rules::ClassifyFn classify;  // rules::classify_query
    Clock& clock;
    Metrics& metrics;
  };

  RuleManager(AlertingOptions options, Parts parts);
  ~RuleManager();

  // Reads the rule files and the stored state; alerts of rules that are gone are resolved. Errors
  // name the file. Call once.
  Result<void> load();
  // The same for new options, all or nothing: on error everything stays as it was.
  Result<void> reload(AlertingOptions options);

  void start();
  void stop();
  // Evaluates every group that is due and flushes notification groups, on this thread. Returns how
  // many groups were evaluated.
  std::size_t run_due();

  std::vector<GroupView> groups() const;
  // The webhook a row goes to, for the outbox's handler.
  std::optional<WebhookReceiver> webhook(const std::string& target) const;
  const TenantId& tenant() const { return tenant_; }

 private:
  struct RuleState;
  struct GroupState;
  using Groups = std::vector<std::shared_ptr<GroupState>>;

  Result<Groups> build(const AlertingOptions& options) const;
  Result<void> restore(Groups& groups);
  Result<void> retire(const std::vector<std::pair<std::string, rules::ActiveAlerts>>& orphans);
  std::shared_ptr<GroupState> take_due();
  void evaluate(GroupState& group);
  void evaluate_rule(GroupState& group, RuleState& rule, Timestamp at);
  void evaluate_alerting(GroupState& group, RuleState& rule, Timestamp at);
  void evaluate_recording(GroupState& group, RuleState& rule, Timestamp at);
  Result<void> commit(StepBatch& batch);
  void flush();
  rules::Sight sight(const rules::RuleQuery& query, Timestamp at) const;
  void report(RuleState& rule, rules::Evidence evidence, std::string error);
  void work(const std::stop_token& stop);

  const TenantId tenant_;
  Parts parts_;

  std::shared_mutex world_;  // shared: an evaluation; exclusive: a reload. Taken first
  AlertingOptions options_;  // protected by world_

  mutable std::mutex notify_mutex_;  // plan, commit and adopt of notifications. Taken second
  Notifier notifier_;                // protected by notify_mutex_

  mutable std::mutex mutex_;  // Taken last
  Groups groups_;             // the list and what views show; protected by mutex_
  Recorded recorded_;         // protected by mutex_
  std::condition_variable_any wake_;
  std::vector<std::jthread> workers_;

  Counter evaluations_;
  Counter failures_;
  Counter missed_;
  Histogram duration_;
};

}  // namespace sluice::alerting
