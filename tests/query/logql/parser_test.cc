// What parses, and its canonical form. The canonical form parses to itself.

#include <catch2/catch_test_macros.hpp>

#include "query/engine/engine.h"

using namespace sluice;
using namespace sluice::query;

namespace {

std::string canonical(std::string_view query) {
  auto expr = parse_logql(query);
  return expr ? to_string(**expr) : "error: " + expr.error().message;
}

struct CanonicalCase {
  std::string query;
  std::string canonical;
};

void check_canonical(const std::vector<CanonicalCase>& cases) {
  for (const auto& c : cases) {
    CAPTURE(c.query);
    CHECK(canonical(c.query) == c.canonical);
    CHECK(canonical(c.canonical) == c.canonical);
  }
}

}  // namespace

TEST_CASE("selectors") {
  check_canonical({
      {"{app=\"web\"}", R"({app="web"})"},
      {"{ app = `web`, job!=\"x\" , }", R"({app="web", job!="x"})"},
      {R"({app=~"a|b",env!~"dev.*"})", R"({app=~"a|b", env!~"dev.*"})"},
      {R"(({app="web"}))", R"({app="web"})"},
      {R"({app="say \"hi\""})", R"({app="say \"hi\""})"},
      {"{app=\"web\"} # the shop\n|= \"x\"", R"({app="web"} |= "x")"},
      {R"({sum="a", duration="b"})", R"({sum="a", duration="b"})"},
  });
}

TEST_CASE("line filters") {
  check_canonical({
      {R"({app="a"} |= "x" != "y" |~ "z+" !~ `\d`)", R"({app="a"} |= "x" != "y" |~ "z+" !~ "\\d")"},
      {R"({app="a"} |= "x" or "y" or "z" != "q")", R"({app="a"} |= "x" or "y" or "z" != "q")"},
      {R"({app="a"} |> "<_> failed <_>")", R"({app="a"} |> "<_> failed <_>")"},
      {R"({app="a"} !> "a<_>" or "b")", R"({app="a"} !> "a<_>" or "b")"},
      {R"({app="a"}|="")", R"({app="a"} |= "")"},
  });
}

TEST_CASE("parsers and formats") {
  check_canonical({
      {R"({a="b"} | json)", R"({a="b"} | json)"},
      {R"({a="b"} | json x="r.code[0]", y)", R"({a="b"} | json x="r.code[0]", y="y")"},
      {R"({a="b"} | logfmt --strict --keep-empty x, y="z")",
       R"({a="b"} | logfmt --strict --keep-empty x="x", y="z")"},
      {R"q({a="b"} | regexp "(?P<m>\\w+)")q", R"q({a="b"} | regexp "(?P<m>\\w+)")q"},
      {R"({a="b"} | pattern "<ip> <_>")", R"({a="b"} | pattern "<ip> <_>")"},
      {R"({a="b"} | unpack | decolorize)", R"({a="b"} | unpack | decolorize)"},
      {R"({a="b"} | line_format "{{.x}} y")", R"({a="b"} | line_format "{{.x}} y")"},
      {R"({a="b"} | label_format x=y, z="{{.q}}")", R"({a="b"} | label_format x=y, z="{{.q}}")"},
      {R"({a="b"} | drop __error__, x=~"y+")", R"({a="b"} | drop __error__, x=~"y+")"},
      {R"({a="b"} | keep x)", R"({a="b"} | keep x)"},
  });
}

TEST_CASE("label filters") {
  check_canonical({
      {R"({a="b"} | level="error")", R"({a="b"} | level="error")"},
      {R"({a="b"} | status >= 500 and took>1.5s)", R"({a="b"} | status >= 500 and took > 1s500ms)"},
      {R"({a="b"} | size > 10KB, size <= 5MiB)", R"({a="b"} | size > 10000B and size <= 5242880B)"},
      {R"({a="b"} | x = 1 or y != -2)", R"({a="b"} | x == 1 or y != -2)"},
      {R"({a="b"} | a="1" b="2")", R"({a="b"} | a="1" and b="2")"},
      {R"({a="b"} | (a="1" or b="2") and c=~"3.*")", R"({a="b"} | (a="1" or b="2") and c=~"3.*")"},
      {R"({a="b"} | a="1" or b="2" and c="3")", R"({a="b"} | a="1" or b="2" and c="3")"},
      {R"({a="b"} | took > 90us)", R"({a="b"} | took > 90000ns)"},
      {R"({a="b"} | age > 1d)", R"({a="b"} | age > 1d)"},
      {R"({a="b"} | rate="x" | duration > 5)", R"({a="b"} | rate="x" | duration > 5)"},
  });
}

TEST_CASE("range aggregations") {
  check_canonical({
      {R"(rate({a="b"}[5m]))", R"(rate({a="b"}[5m]))"},
      {R"(rate({a="b"} |= "x" [1h30m] offset 5m))", R"(rate({a="b"} |= "x" [1h30m] offset 5m))"},
      {R"(rate({a="b"}[5m] offset -1h |= "x"))", R"(rate({a="b"} |= "x" [5m] offset -1h))"},
      {R"(rate(({a="b"} |= "x")[5m]))", R"(rate({a="b"} |= "x" [5m]))"},
      {R"(rate(({a="b"}[5m])))", R"(rate({a="b"}[5m]))"},
      {R"(count_over_time({a="b"} | json | level="x" [90s]))",
       R"(count_over_time({a="b"} | json | level="x" [1m30s]))"},
      {R"(sum_over_time({a="b"} | unwrap x [1m]))", R"(sum_over_time({a="b"} | unwrap x [1m]))"},
      {R"(avg_over_time({a="b"}[1m] | unwrap duration_seconds(x)) by (app, env))",
       R"(avg_over_time({a="b"} | unwrap duration(x) [1m]) by (app, env))"},
      {R"(max_over_time({a="b"} | unwrap bytes(x) | __error__="" [1d]) without (x))",
       R"(max_over_time({a="b"} | unwrap bytes(x) | __error__="" [1d]) without (x))"},
      {R"(quantile_over_time(0.99, {a="b"} | unwrap x [1m]) by ())",
       R"(quantile_over_time(0.99, {a="b"} | unwrap x [1m]) by ())"},
      {R"(absent_over_time({a="b"}[1m]))", R"(absent_over_time({a="b"}[1m]))"},
      {R"(bytes_rate({a="b"}[1w]))", R"(bytes_rate({a="b"}[1w]))"},
  });
}

TEST_CASE("aggregations, functions and operators") {
  check_canonical({
      {R"(sum(rate({a="b"}[5m])) by (x))", R"(sum by (x) (rate({a="b"}[5m])))"},
      {R"(sum without(x,y)(rate({a="b"}[5m])))", R"(sum without (x, y) (rate({a="b"}[5m])))"},
      {R"(topk(3, rate({a="b"}[5m])))", R"(topk(3, rate({a="b"}[5m])))"},
      {R"(sort_desc(rate({a="b"}[5m])))", R"(sort_desc(rate({a="b"}[5m])))"},
      {"vector(1)+vector(1)", "vector(1) + vector(1)"},
      {"1+1", "2"},
      {"1 > bool 2", "0"},
      {"2 ^ 3 ^ 2", "512"},
      {"1 / 0", "NaN"},
      {"-5", "-5"},
      {R"(rate({a="b"}[1m]) * 100 / (2 + 3))", R"(rate({a="b"}[1m]) * 100 / 5)"},
      {R"(rate({a="b"}[1m]) > bool 1)", R"(rate({a="b"}[1m]) > bool 1)"},
      {R"(sum(rate({a="b"}[1m])) / on() group_left sum(rate({a="c"}[1m])))",
       R"(sum(rate({a="b"}[1m])) / on () group_left () sum(rate({a="c"}[1m])))"},
      {R"(rate({a="b"}[1m]) and ignoring (x) (rate({a="c"}[1m]) or vector(0)))",
       R"(rate({a="b"}[1m]) and ignoring (x) (rate({a="c"}[1m]) or vector(0)))"},
      {R"q(label_replace(rate({a="b"}[1m]), "x", "$1", "a", "(.*)"))q",
       R"q(label_replace(rate({a="b"}[1m]), "x", "$1", "a", "(.*)"))q"},
  });
}

TEST_CASE("operators bind as in Prometheus") {
  auto expr = parse_logql(R"(vector(1) + vector(2) * vector(3) ^ vector(4) > vector(5))");
  REQUIRE(expr.has_value());
  const auto& greater = std::get<Binary>((*expr)->node);
  CHECK(greater.op == BinaryOp::gt);
  const auto& plus = std::get<Binary>(greater.lhs->node);
  CHECK(plus.op == BinaryOp::add);
  CHECK(std::get<Binary>(plus.rhs->node).op == BinaryOp::mul);
}

TEST_CASE("types and spans are known after parsing") {
  CHECK((*parse_logql(R"({a="b"})"))->type == ValueType::streams);
  CHECK((*parse_logql("1"))->type == ValueType::scalar);
  auto expr = parse_logql("  rate({a=\"b\"}[1m]) ");
  CHECK((*expr)->type == ValueType::instant_vector);
  CHECK((*expr)->span.begin == 2);
  CHECK((*expr)->span.end == 19);
}

TEST_CASE("logs and metrics meet in one expression") {
  check_canonical({
      {R"(sum(rate({a="b"} |= "x" [5m])) / sum(rate(http_requests_total[5m])))",
       R"(sum(rate({a="b"} |= "x" [5m])) / sum(rate(http_requests_total[5m])))"},
      {R"(rate({a="b"}[5m]) > on (app) limits:errors:max{env="p"} offset 5m)",
       R"(rate({a="b"}[5m]) > on (app) limits:errors:max{env="p"} offset 5m)"},
      {R"(histogram_quantile(0.9, sum by (le) (rate(x[5m]))) * rate({a="b"}[5m]))",
       R"(histogram_quantile(0.9, sum by (le) (rate(x[5m]))) * rate({a="b"}[5m]))"},
      {R"(sum(rate({a="b"}[5m])) and quantile_over_time(0.5, up[1m]) > 0)",
       R"(sum(rate({a="b"}[5m])) and quantile_over_time(0.5, up[1m]) > 0)"},
      {R"(up @ end() + on () group_left (x) rate({a="b"}[5m]))",
       R"(up @ end() + on () group_left (x) rate({a="b"}[5m]))"},
  });
  auto expr = parse_logql(R"(rate({a="b"}[5m]) + up{x="y"})");
  REQUIRE(expr.has_value());
  CHECK(std::get<Binary>((*expr)->node).rhs->span.begin == 20);
}
