// EXPLAIN: how a query came to its answer, for `explain=true` and `sluice logs --explain`: what was
// considered, what was skipped and why, what was read, how long each stage took.
#pragma once

#include "base/codec/json_writer.h"
#include "base/http/message.h"
#include "query/ast/expr.h"
#include "query/context.h"

namespace sluice::api::loki {

// Whether the request asks for it: explain=true or 1. Error: another value.
Result<bool> wants_explain(const http::Params& params);

// A JSON object; docs/guide/loki-api.md describes it. `query` is the expression evaluated.
void write_explain(JsonWriter& out, const query::Expr& query, query::QueryContext& context);

}  // namespace sluice::api::loki
