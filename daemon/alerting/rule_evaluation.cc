// One evaluation of a rule group: query, pure step, one commit per rule, then publish.
#include <algorithm>

#include "base/http/message.h"
#include "base/telemetry/log.h"
#include "daemon/alerting/alert_document.h"
#include "daemon/alerting/json_encode.h"
#include "daemon/alerting/rule_manager.h"
#include "daemon/alerting/rule_state.h"
#include "daemon/alerting/sight.h"

namespace sluice::alerting {
namespace {

using rules::Evidence;
using storage::Keyspace;

Duration since(std::chrono::steady_clock::time_point start) {
  return std::chrono::steady_clock::now() - start;
}

// Values change with every evaluation and annotations with them; only phases and clocks are worth
// a synced write.
bool worth_storing(const rules::ActiveAlerts& before, const rules::ActiveAlerts& after) {
  return !std::equal(before.begin(), before.end(), after.begin(), after.end(),
                     [](const auto& a, const auto& b) {
                       rules::AlertState x = a.second.state;
                       x.value = b.second.state.value;
                       return a.first == b.first && x == b.second.state;
                     });
}

std::string generator_url(const std::string& external_url, const std::string& expr) {
  return external_url + "/graph?g0.expr=" + http::percent_encode(expr) + "&g0.tab=1";
}

std::vector<LabelSet> labels_of(const std::vector<SeriesSamples>& series) {
  std::vector<LabelSet> out;
  for (const auto& one : series) out.push_back(one.labels);
  return out;
}

// Series of `before` that are not in `after`; both sorted.
std::vector<LabelSet> ended(const std::vector<LabelSet>& before,
                            const std::vector<LabelSet>& after) {
  std::vector<LabelSet> out;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(out));
  return out;
}

}  // namespace

void RuleManager::evaluate(GroupState& group) {
  const auto started = std::chrono::steady_clock::now();
  const Timestamp now = parts_.clock.now();
  // The newest slot that has come; older ones are past evaluating.
  const std::int64_t late = (now - group.next) / group.group.interval;
  const Timestamp at = group.next + late * group.group.interval;
  if (late > 0) missed_.inc(static_cast<double>(late));
  for (auto& rule : group.rules) evaluate_rule(group, rule, at);
  const Duration took = since(started);
  duration_.observe(seconds_of(took));
  const std::lock_guard lock(mutex_);
  group.next = at + group.group.interval;
  group.evaluation_time = took;
  group.last_evaluation = at;
  group.running = false;
}

void RuleManager::evaluate_rule(GroupState& group, RuleState& rule, Timestamp at) {
  const auto started = std::chrono::steady_clock::now();
  evaluations_.inc();
  if (rule.rule->kind == rules::RuleKind::alerting) {
    evaluate_alerting(group, rule, at);
  } else {
    evaluate_recording(group, rule, at);
  }
  const std::lock_guard lock(mutex_);
  rule.evaluation_time = since(started);
  rule.last_evaluation = at;
}

void RuleManager::evaluate_alerting(GroupState& group, RuleState& rule, Timestamp at) {
  const auto& query = rule.rule->query;
  const auto seen = sight(query, at);
  const auto answer = parts_.query(query, at - group.group.query_offset);
  const rules::ExternalContext external{options_.external_labels, options_.external_url};
  auto result =
      rules::evaluate_alert({*rule.rule, group.group, at, external}, rule.alerts, answer, seen);
  StepBatch batch;
  if (worth_storing(rule.alerts, result.alerts)) {
    if (result.alerts.empty()) {
      batch.step.remove(Keyspace::alert_state, rule.key);
    } else {
      batch.step.put(Keyspace::alert_state, rule.key,
                     encode(AlertDocument{group.group.file, group.group.name, rule.rule->name,
                                          result.alerts}));
    }
  }
  if (options_.write_alerts_series) {
    auto series = rules::alert_series(rule.alerts, result.alerts, at);
    if (!series.empty()) batch.step.write(tenant_, std::move(series));
  }
  const std::lock_guard serial(notify_mutex_);
  notifier_.apply(result.changes, generator_url(options_.external_url, query.text), at, batch);
  if (auto done = commit(batch); !done) {
    return report(rule, Evidence::error, "cannot store the evaluation: " + done.error().message);
  }
  {
    const std::lock_guard lock(mutex_);
    rule.alerts = std::move(result.alerts);
  }
  report(rule, result.evidence, std::move(result.error));
}

void RuleManager::evaluate_recording(GroupState& group, RuleState& rule, Timestamp at) {
  const auto& query = rule.rule->query;
  const auto seen = sight(query, at);
  const auto answer = parts_.query(query, at - group.group.query_offset);
  const rules::ExternalContext external{options_.external_labels, options_.external_url};
  auto result = rules::evaluate_recording({*rule.rule, group.group, at, external}, answer, seen);
  std::vector<LabelSet> recorded = rule.recorded;
  StepBatch batch;
  if (result.evidence != Evidence::error) {
    recorded = labels_of(result.samples);
    auto markers = rules::stale_markers(ended(rule.recorded, recorded), at);
    result.samples.insert(result.samples.end(), markers.begin(), markers.end());
  }
  if (!result.samples.empty()) batch.step.write(tenant_, std::move(result.samples));
  const std::lock_guard serial(notify_mutex_);
  if (auto done = commit(batch); !done) {
    return report(rule, Evidence::error, "cannot store the samples: " + done.error().message);
  }
  rule.recorded = std::move(recorded);
  if (seen.evidence == Evidence::ok && result.evidence != Evidence::error) {
    const std::lock_guard lock(mutex_);
    recorded_[rule.rule->name] = at;
  }
  report(rule, result.evidence, std::move(result.error));
}

rules::Sight RuleManager::sight(const rules::RuleQuery& query, Timestamp at) const {
  auto fresh = parts_.store.freshness(tenant_);
  {
    const std::lock_guard lock(mutex_);
    fresh = freshness_for(query, fresh, recorded_);
  }
  return sight_of(fresh, query, at, options_.stale_after);
}

// Under notify_mutex_. What is due at once (group_wait 0) goes out in the same step.
Result<void> RuleManager::commit(StepBatch& batch) {
  notifier_.flush(parts_.clock.now(), batch);
  Notifier::write(batch);
  if (batch.step.empty() && batch.rows.empty()) return {};
  SLUICE_CHECK(parts_.outbox.commit(batch.step, batch.rows));
  notifier_.adopt(batch);
  return {};
}

void RuleManager::flush() {
  const std::lock_guard serial(notify_mutex_);
  StepBatch batch;
  if (auto done = commit(batch); !done) {
    failures_.inc();
    log_error("cannot store notifications, will retry", {{"error", done.error()}});
  }
}

void RuleManager::report(RuleState& rule, Evidence evidence, std::string error) {
  if (!rules::knows(evidence)) failures_.inc();
  const std::lock_guard lock(mutex_);
  if (error != rule.last_error && !error.empty()) {
    log_warn("rule evaluation", {{"rule", rule.rule->name},
                                 {"at", rule.rule->where},
                                 {"evidence", rules::to_string(evidence)},
                                 {"error", error}});
  }
  rule.evidence = evidence;
  rule.last_error = std::move(error);
}

namespace {

// no_data is not an error of the rule: perhaps nothing was ever shipped.
std::string health(const std::optional<Evidence>& evidence, const std::string& error) {
  if (!evidence || (*evidence == Evidence::no_data)) return "unknown";
  return *evidence == Evidence::error || *evidence == Evidence::stale || !error.empty() ? "err"
                                                                                        : "ok";
}

LabelSet written(const std::vector<rules::TemplatedText>& texts) {
  LabelSet out;
  for (const auto& text : texts) out.set(text.name, text.text.text());
  return out;
}

}  // namespace

std::vector<GroupView> RuleManager::groups() const {
  const std::lock_guard lock(mutex_);
  std::vector<GroupView> out;
  for (const auto& group : groups_) {
    GroupView view{group->group.name,
                   group->group.file,
                   group->group.interval,
                   group->group.limit,
                   group->evaluation_time,
                   group->last_evaluation,
                   {}};
    for (const auto& rule : group->rules) {
      view.rules.push_back({rule.rule->kind, rule.rule->name, rule.rule->query.text,
                            std::string(to_string(rule.rule->query.language)), rule.rule->times,
                            written(rule.rule->labels), written(rule.rule->annotations),
                            health(rule.evidence, rule.last_error),
                            rule.evidence ? std::string(to_string(*rule.evidence)) : "",
                            rule.last_error, rule.evaluation_time, rule.last_evaluation,
                            rule.alerts});
    }
    out.push_back(std::move(view));
  }
  return out;
}

}  // namespace sluice::alerting
