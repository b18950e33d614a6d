// What the RuleManager keeps per rule and per group while running. Private to rule_manager*.cc.
#pragma once

#include "daemon/alerting/rule_manager.h"

namespace sluice::alerting {

// `alerts` and `recorded` are touched only by the one evaluation that runs the group, and are
// published under the manager's mutex; the rest is protected by it.
struct RuleManager::RuleState {
  const rules::Rule* rule = nullptr;
  std::string key;  // of its document
  rules::ActiveAlerts alerts;
  std::vector<LabelSet> recorded;  // series of the last evaluation, to mark the ended ones
  std::optional<rules::Evidence> evidence;
  std::string last_error;
  Duration evaluation_time{0};
  Timestamp last_evaluation{};
};

struct RuleManager::GroupState {
  rules::RuleGroup group;
  std::vector<RuleState> rules;
  Timestamp next{};
  bool running = false;
  Duration evaluation_time{0};
  Timestamp last_evaluation{};
};

// The first slot of the group at or after `t`.
Timestamp next_slot(const rules::RuleGroup& group, Timestamp t);

}  // namespace sluice::alerting
