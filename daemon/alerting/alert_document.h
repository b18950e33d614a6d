// The stored form of a rule's active alerts: docs/format/alert-state.md.
#pragma once

#include <string>
#include <string_view>

#include "rules/evaluate.h"

namespace sluice::alerting {

struct AlertDocument {
  std::string file;
  std::string group;
  std::string rule;
  rules::ActiveAlerts alerts;
};

std::string encode(const AlertDocument& document);
Result<AlertDocument> decode_alerts(std::string_view key, std::string_view value);

// a/<hash>: by what a rule is recognised after a restart or reload. `ordinal` counts rules of the
// group with the same name and labels.
std::string rule_key(const rules::RuleGroup& group, const rules::Rule& rule, std::size_t ordinal);

}  // namespace sluice::alerting
