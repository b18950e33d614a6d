// RuleManager's life: loading, scheduling, reload. Evaluation is in rule_evaluation.cc.
#include "daemon/alerting/rule_manager.h"

#include <algorithm>
#include <set>

#include "base/telemetry/log.h"
#include "daemon/alerting/alert_document.h"
#include "daemon/alerting/hash_text.h"
#include "daemon/alerting/rule_files.h"
#include "daemon/alerting/rule_state.h"

namespace sluice::alerting {

using storage::Keyspace;

Timestamp next_slot(const rules::RuleGroup& group, Timestamp t) {
  const std::int64_t interval = group.interval.count();
  const std::uint64_t hash = std::stoull(hash_text({group.file, group.name}), nullptr, 16);
  const auto offset = static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(interval));
  const std::int64_t since = (unix_ns(t) - offset) % interval;
  return since == 0 ? t : t + Duration{interval - since};
}

RuleManager::RuleManager(AlertingOptions options, Parts parts)
    : tenant_(options.tenant),
      parts_(std::move(parts)),
      options_(std::move(options)),
      notifier_(options_, parts_.outbox, parts_.metrics),
      evaluations_(parts_.metrics.counter("sluice_alerting_evaluations_total", "Rules evaluated.")),
      failures_(parts_.metrics.counter("sluice_alerting_evaluation_failures_total",
                                       "Rule evaluations that failed, were blind or not stored.")),
      missed_(parts_.metrics.counter("sluice_alerting_missed_iterations_total",
                                     "Group evaluations skipped because the daemon was late.")),
      duration_(parts_.metrics.histogram("sluice_alerting_group_duration_seconds",
                                         "Time to evaluate a rule group.",
                                         Metrics::latency_buckets())) {}

RuleManager::~RuleManager() {
  stop();
}

Result<RuleManager::Groups> RuleManager::build(const AlertingOptions& options) const {
  const rules::RuleFileOptions defaults{options.evaluation_interval, options.query_offset,
                                        parts_.classify};
  SLUICE_TRY(auto files, load_rule_files(options.rule_files, defaults));
  const Timestamp now = parts_.clock.now();
  Groups groups;
  for (auto& file : files) {
    for (auto& group : file.groups) {
      auto state = std::make_shared<GroupState>();
      state->group = std::move(group);
      std::map<std::string, std::size_t> seen;
      for (const auto& rule : state->group.rules) {
        const std::string first = rule_key(state->group, rule, 0);
        const std::size_t ordinal = seen[first]++;
        RuleState one;
        one.rule = &rule;
        one.key = ordinal == 0 ? first : rule_key(state->group, rule, ordinal);
        state->rules.push_back(std::move(one));
      }
      state->next = next_slot(state->group, now);
      groups.push_back(std::move(state));
    }
  }
  return groups;
}

Result<void> RuleManager::load() {
  const std::unique_lock world(world_);
  SLUICE_TRY(auto groups, build(options_));
  SLUICE_CHECK(restore(groups));
  const std::lock_guard lock(mutex_);
  groups_ = std::move(groups);
  return {};
}

Result<void> RuleManager::restore(Groups& groups) {
  SLUICE_TRY(const auto stored_groups, parts_.store.scan(Keyspace::alert_state, "n/"));
  for (const auto& document : stored_groups) {
    SLUICE_TRY(auto group, decode_group(document.key, document.value));
    notifier_.restore(std::move(group));
  }
  std::map<std::string, RuleState*> by_key;
  for (auto& group : groups) {
    for (auto& rule : group->rules) by_key[rule.key] = &rule;
  }
  std::vector<std::pair<std::string, rules::ActiveAlerts>> orphans;
  SLUICE_TRY(const auto stored, parts_.store.scan(Keyspace::alert_state, "a/"));
  for (const auto& document : stored) {
    SLUICE_TRY(auto alerts, decode_alerts(document.key, document.value));
    const auto it = by_key.find(document.key);
    if (it != by_key.end()) {
      it->second->alerts = std::move(alerts.alerts);
    } else {
      log_info("rule is gone, its alerts end",
               {{"file", alerts.file}, {"group", alerts.group}, {"rule", alerts.rule}});
      orphans.emplace_back(document.key, std::move(alerts.alerts));
    }
  }
  return retire(orphans);
}

// One step: the documents go, firing alerts resolve in their groups, series end.
Result<void> RuleManager::retire(
    const std::vector<std::pair<std::string, rules::ActiveAlerts>>& orphans) {
  if (orphans.empty()) return {};
  const Timestamp now = parts_.clock.now();
  const std::lock_guard serial(notify_mutex_);
  StepBatch batch;
  std::vector<rules::AlertChange> changes;
  for (const auto& [key, alerts] : orphans) {
    batch.step.remove(Keyspace::alert_state, key);
    for (const auto& [labels, alert] : alerts) {
      if (alert.state.phase == rules::AlertPhase::firing) {
        changes.push_back({rules::AlertEvent::resolved, alert});
      }
    }
    if (options_.write_alerts_series) {
      batch.step.write(tenant_, rules::alert_series(alerts, {}, now));
    }
  }
  notifier_.apply(changes, "", now, batch);
  return commit(batch);
}

Result<void> RuleManager::reload(AlertingOptions options) {
  const std::unique_lock world(world_);
  SLUICE_TRY(auto groups, build(options));
  std::map<std::string, RuleState*> old;
  for (auto& group : groups_) {
    for (auto& rule : group->rules) old[rule.key] = &rule;
  }
  std::set<std::string> kept;
  for (auto& group : groups) {
    for (auto& rule : group->rules) {
      const auto it = old.find(rule.key);
      if (it == old.end()) continue;
      const rules::Rule* definition = rule.rule;
      rule = *it->second;
      rule.rule = definition;
      kept.insert(rule.key);
    }
  }
  std::vector<std::pair<std::string, rules::ActiveAlerts>> orphans;
  for (const auto& [key, rule] : old) {
    if (!kept.count(key) && !rule->alerts.empty()) orphans.emplace_back(key, rule->alerts);
  }
  SLUICE_CHECK(retire(orphans));
  {
    const std::lock_guard serial(notify_mutex_);
    notifier_.configure(options);
  }
  const std::lock_guard lock(mutex_);
  options_ = std::move(options);
  groups_ = std::move(groups);
  wake_.notify_all();
  return {};
}

std::shared_ptr<RuleManager::GroupState> RuleManager::take_due() {
  const Timestamp now = parts_.clock.now();
  const std::lock_guard lock(mutex_);
  std::shared_ptr<GroupState> best;
  for (const auto& group : groups_) {
    if (group->running || group->next > now) continue;
    if (!best || group->next < best->next) best = group;
  }
  if (best) best->running = true;
  return best;
}

std::size_t RuleManager::run_due() {
  std::size_t evaluated = 0;
  {
    const std::shared_lock world(world_);
    while (auto group = take_due()) {
      evaluate(*group);
      ++evaluated;
    }
  }
  flush();
  return evaluated;
}

void RuleManager::start() {
  const std::shared_lock world(world_);  // the server runs already, and may be told to reload
  for (std::size_t i = 0; i < options_.workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

void RuleManager::stop() {
  for (auto& worker : workers_) worker.request_stop();
  workers_.clear();
}

void RuleManager::work(const std::stop_token& stop) {
  constexpr auto poll = std::chrono::milliseconds(100);
  while (!stop.stop_requested()) {
    run_due();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, poll, [] { return false; });
  }
}

std::optional<WebhookReceiver> RuleManager::webhook(const std::string& target) const {
  const std::lock_guard serial(notify_mutex_);
  return notifier_.webhook(target);
}

}  // namespace sluice::alerting
