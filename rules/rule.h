// Rule, RuleGroup: what a rule file says, checked and ready to run. Immutable after loading.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/types/labels.h"
#include "base/types/time.h"
#include "query/value.h"
#include "rules/alert_state.h"
#include "rules/text_template.h"

namespace sluice::rules {

enum class Language { promql, logql };
std::string_view to_string(Language language);

// An expression whose language is known, and what it reads (for the watermark).
struct RuleQuery {
  std::string text;
  Language language = Language::promql;
  bool reads_logs = false;
  bool reads_samples = false;
  // The metrics it reads, sorted; empty when some selector does not name one.
  std::vector<std::string> metrics;
};

// Evaluates an instant query. Given by the daemon, by tests and by backtests.
using QueryFn = std::function<Result<query::QueryResult>(const RuleQuery&, Timestamp at)>;

struct TemplatedText {
  std::string name;
  TextTemplate text;
};

enum class RuleKind { alerting, recording };

struct Rule {
  RuleKind kind = RuleKind::alerting;
  std::string name;  // of the alert, or the recorded metric
  RuleQuery query;
  AlertTimes times;
  std::vector<TemplatedText> labels;  // of alerts templated, of recordings plain
  std::vector<TemplatedText> annotations;
  std::string where;  // file:line:col

  // Static text of the labels: with the name, what a rule is recognised by after a reload.
  LabelSet written_labels() const;
};

struct RuleGroup {
  std::string name;
  std::string file;
  Duration interval{0};  // never 0 after loading
  Duration query_offset{0};
  std::size_t limit = 0;  // alerts or series per rule, 0: none
  std::vector<Rule> rules;
};

}  // namespace sluice::rules
