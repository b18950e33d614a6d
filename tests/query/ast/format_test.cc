#include "query/ast/format.h"

#include <catch2/catch_test_macros.hpp>

using namespace sluice;
using namespace sluice::query;
using namespace std::chrono_literals;

namespace {

ExprPtr make(Expr::Node node) {
  auto expr = std::make_unique<Expr>();
  expr->node = std::move(node);
  return expr;
}

LabelMatcher app_is(std::string value) {
  return *LabelMatcher::make("app", MatchOp::equal, std::move(value));
}

LabelFilterPtr filter(decltype(LabelFilterExpr::node) node) {
  return std::make_shared<const LabelFilterExpr>(LabelFilterExpr{std::move(node)});
}

}  // namespace

TEST_CASE("a log range aggregation prints on one line") {
  LogRangeAggregation rate;
  rate.op = "rate";
  rate.query.matchers = {app_is("pay")};
  rate.range = 5min;
  CHECK(to_string(*make(rate)) == R"(rate({app="pay"}[5m]))");
  rate.query.pipeline = {*LineFilter::make(LineOp::contains, {"a", "b"}), JsonStage{}};
  rate.offset = 90min;
  CHECK(to_string(*make(rate)) == R"(rate({app="pay"} |= "a" or "b" | json [5m] offset 1h30m))");
  rate.op = "quantile_over_time";
  rate.parameter = 0.99;
  rate.unwrap = Unwrap{"took", Unwrap::Convert::duration, {}};
  rate.offset = {};
  rate.grouping = Grouping{false, {"app"}};
  CHECK(
      to_string(*make(rate)) ==
      R"(quantile_over_time(0.99, {app="pay"} |= "a" or "b" | json )"
        R"(| unwrap duration(took) [5m]) by (app))");
}

TEST_CASE("label filters keep their precedence") {
  auto a = filter(app_is("x"));
  auto b = filter(NumberLabelFilter{"took", CompareOp::gt, NumberLabelFilter::Unit::duration, 1.5});
  auto c = filter(NumberLabelFilter{"size", CompareOp::le, NumberLabelFilter::Unit::bytes, 20480});
  auto either = filter(OrLabelFilter{a, b});
  CHECK(to_string(*filter(AndLabelFilter{either, c})) ==
        R"((app="x" or took > 1s500ms) and size <= 20480B)");
  CHECK(to_string(*filter(OrLabelFilter{filter(AndLabelFilter{a, b}), c})) ==
        R"(app="x" and took > 1s500ms or size <= 20480B)");
}

TEST_CASE("metric selectors, operators and aggregations print as Prometheus prints them") {
  VectorSelector up{
      "up", {*LabelMatcher::make("__name__", MatchOp::equal, "up"), app_is("x")}, 1h, {}};
  up.at = AtModifier{AtModifier::Kind::time, 1500};
  CHECK(to_string(*make(up)) == R"(up{app="x"} @ 1.500 offset 1h)");
  CHECK(to_string(*make(MatrixSelector{VectorSelector{"up", {}, {}, {}}, 30s})) == "up[30s]");

  Binary division;
  division.op = BinaryOp::div;
  division.matching = {VectorMatching::Card::many_to_one, true, {"app"}, {"team"}};
  division.lhs = make(VectorSelector{"a", {}, {}, {}});
  division.rhs = make(NumberLiteral{0.5});
  CHECK(to_string(*make(std::move(division))) == "a / on (app) group_left (team) 0.5");

  Aggregation topk{"topk", Grouping{true, {"pod"}}, make(NumberLiteral{3}),
                   make(VectorSelector{"a", {}, {}, {}})};
  CHECK(to_string(*make(std::move(topk))) == "topk without (pod) (3, a)");
}
