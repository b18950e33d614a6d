// Pieces of canonical query text, one line each. to_string(const Expr&) (expr.h) is made of them.
//
// What they print parses back to an equal tree, and printing that gives the same text again.
#pragma once

#include <string>

#include "query/ast/expr.h"

namespace sluice::query {

std::string to_string(const std::vector<LabelMatcher>& matchers);  // {app="web", job!="x"}
std::string to_string(const LineFilter& filter);                   // |= "a" or "b"
std::string to_string(const LabelFilterExpr& filter);              // a="x" or b > 5s
std::string to_string(const Stage& stage);                         // | json
std::string to_string(const LogPipeline& pipeline);                // stages joined by spaces
std::string to_string(const LogQuery& query);
std::string to_string(const LogRangeAggregation& aggregation);
std::string to_string(const VectorSelector& selector);
std::string to_string(const Grouping& grouping);  // by (a, b)

// 5m, 1h30m; below a millisecond in ns, which only LogQL can say.
std::string format_query_duration(Duration d);

}  // namespace sluice::query
