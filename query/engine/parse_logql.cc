#include "query/engine/engine.h"
#include "query/logql/grammar.h"

namespace sluice::query {

Result<ExprPtr> parse_logql(std::string_view text) {
  return logql::parse(text, parse_promql);
}

}  // namespace sluice::query
