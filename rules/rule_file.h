// Rule files: Prometheus' format, read strictly.
//
// Every problem of a file is reported at once with file:line:col, the group and the rule. Keys:
//   groups[]: name, interval, query_offset, limit, labels, rules[], x-sluice-language
//   rules[]:  alert | record, expr, for, keep_firing_for, labels, annotations
// Loki's ruler and lokitool write the same files. Format source: Prometheus' documentation of
// recording and alerting rules.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rules/rule.h"

namespace sluice::rules {

using ClassifyFn = std::function<Result<RuleQuery>(std::string text, std::optional<Language>)>;

struct RuleFileOptions {
  Duration default_interval = std::chrono::minutes(1);
  Duration default_query_offset{0};
  ClassifyFn classify;  // classify_query, unless a test has no parsers
};

struct RuleFile {
  std::string path;
  std::vector<RuleGroup> groups;
};

// Error(invalid_argument): all problems, one per line.
Result<RuleFile> parse_rule_file(std::string text, std::string path,
                                 const RuleFileOptions& options);

}  // namespace sluice::rules
