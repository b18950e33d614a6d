// QueryFn over the query engine: parses in the query's language, evaluates at one instant.
#pragma once

#include "query/engine/engine.h"
#include "rules/rule.h"

namespace sluice::alerting {

// `engine` must outlive the function, which is safe from any thread. Warnings of a partial result
// make it an error: a rule must not decide on half an answer.
rules::QueryFn engine_query(const query::Engine& engine, TenantId tenant);

Result<query::ExprPtr> parse_query(const rules::RuleQuery& query);

}  // namespace sluice::alerting
