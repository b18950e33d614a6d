// QueryFn over the query engine: parses in the query's language, evaluates at one instant.
#pragma once

#include "query/engine/engine.h"
#include "rules/rule.h"

namespace sluice::alerting {

// `engine` must outlive the function, which is safe from any thread. A partial result is an error:
// a rule must not decide on half an answer.
rules::QueryFn engine_query(const query::Engine& engine, TenantId tenant);

Result<query::ExprPtr> parse_query(const rules::RuleQuery& query);

// Error(limit_exceeded) when a warning says that the result lacks series, lines or samples.
// PromQL's remarks about the meaning of an expression ("PromQL warning: ...") are not of that kind.
Result<void> require_complete(const std::vector<std::string>& warnings);

}  // namespace sluice::alerting
