#include "query/ast/find_expr.h"

#include <catch2/catch_test_macros.hpp>

#include "query/engine/engine.h"

using namespace sluice::query;

namespace {

std::string first_range(const std::string& text) {
  const auto expr = *parse_logql(text);
  const Expr* found = find_expr(*expr, [](const Expr& part) {
    return std::holds_alternative<LogRangeAggregation>(part.node);
  });
  return found == nullptr ? "none" : std::get<LogRangeAggregation>(found->node).op;
}

}  // namespace

TEST_CASE("find_expr looks into every operand, in the order of the text") {
  CHECK(first_range(R"(rate({a="b"}[1m]))") == "rate");
  CHECK(first_range(R"(1 + (sum by (x) (topk(2, bytes_rate({a="b"}[1m])))))") == "bytes_rate");
  CHECK(first_range(R"(rate({a="b"}[1m]) / count_over_time({a="b"}[1m]))") == "rate");
  CHECK(first_range(R"(label_replace(vector(1), "a", "b", "c", "d") or rate({a="b"}[1m]))") ==
        "rate");
  CHECK(first_range("vector(1)+vector(1)") == "none");
}
