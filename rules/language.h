// Which language a rule's expression is in, and what it reads.
//
// Rule files are Prometheus' and do not say. PromQL and LogQL share much of their grammar, so some
// texts are both: `rate({app="pay"}[5m])`. The choice, documented in docs/guide/alerting.md:
//   1. `x-sluice-language` of the group decides, if present;
//   2. what parses in one language only is in that language;
//   3. what parses in both is LogQL if some selector begins with a brace and does not match on
//      __name__, because a metric selector without a name is rare in rules and a stream selector
//      never has one.
#pragma once

#include <optional>
#include <string>

#include "rules/rule.h"

namespace sluice::rules {

// Error(parse): in neither language; the message is that of the likelier one.
Result<RuleQuery> classify_query(std::string text, std::optional<Language> forced);

}  // namespace sluice::rules
