// The syntax tree of a PromQL expression as JSON, as /api/v1/parse_query gives it: Prometheus' node
// types and keys, keys in alphabetical order.
#pragma once

#include "base/codec/json_writer.h"
#include "query/ast/expr.h"

namespace sluice::api::prometheus {

void write_tree(JsonWriter& json, const query::Expr& expr);

}  // namespace sluice::api::prometheus
