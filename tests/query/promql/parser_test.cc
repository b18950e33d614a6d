#include "query/promql/parser.h"

#include <catch2/catch_test_macros.hpp>

#include "query/engine/engine.h"

namespace sluice::query {
namespace {

std::string canonical(std::string_view text) {
  const auto expr = parse_promql(text);
  return expr ? to_string(**expr) : "error: " + expr.error().message;
}

// Fully parenthesised, so that precedence shows.
std::string shape(const Expr& expr) {
  if (const auto* binary = std::get_if<Binary>(&expr.node))
    return "(" + shape(*binary->lhs) + std::string(to_string(binary->op)) + shape(*binary->rhs) +
           ")";
  if (const auto* unary = std::get_if<Unary>(&expr.node))
    return (unary->negative ? "(-" : "(+") + shape(*unary->expr) + ")";
  if (const auto* paren = std::get_if<Paren>(&expr.node)) return shape(*paren->expr);
  return to_string(expr);
}

TEST_CASE("operators bind as in Prometheus", "[promql]") {
  struct Case {
    const char* text;
    const char* tree;
  };
  const Case cases[] = {
      {"a + b * c", "(a+(b*c))"},
      {"a * b + c", "((a*b)+c)"},
      {"a - b - c", "((a-b)-c)"},
      {"a ^ b ^ c", "(a^(b^c))"},
      {"a * b ^ c", "(a*(b^c))"},
      {"-a ^ b", "(-(a^b))"},
      {"-a * b", "((-a)*b)"},
      {"a * -b", "(a*(-b))"},
      {"a + b > c", "((a+b)>c)"},
      {"a > b and c", "((a>b)andc)"},
      {"a or b and c", "(aor(bandc))"},
      {"a and b or c unless d", "((aandb)or(cunlessd))"},
      {"a atan2 b * c", "((aatan2b)*c)"},
      {"a == b != c", "((a==b)!=c)"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const auto expr = parse_promql(c.text);
    REQUIRE(expr.has_value());
    CHECK(shape(**expr) == c.tree);
  }
}

TEST_CASE("canonical text parses to itself", "[promql]") {
  const char* const queries[] = {
      "up",
      "up{job=\"api\"}",
      "{job=\"api\"}",
      "rate(http_requests_total{code=~\"5..\"}[5m])",
      "sum by (job) (rate(x[5m]))",
      "sum without (instance) (x)",
      "topk(5, x)",
      "count_values(\"v\", x)",
      "x offset 5m",
      "x offset -5m",
      "x @ 12.500",
      "x @ start()",
      "rate(x[5m] @ end() offset 1m)",
      "max_over_time(rate(x[1m])[10m:30s])",
      "max_over_time(x[10m:] offset 5m)",
      "a / on (job) group_left (team) b",
      "a > bool 5",
      "a and ignoring (x) b",
      "-x",
      "(a + b) * c",
      "histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m])))",
      "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
      "time()",
      "1 + 2",
      "vector(1)",
      "hour()",
      "a + fill (0) b",
      "a / on (job) group_left (team) fill_left (1) fill_right (2) b",
      "rate(x[step() * 2])",
      "max_over_time(x[10m:max(step(), 30)] offset (-(step()) + 5))",
      "x offset -step()",
      "info(x, {version=~\".+\"})",
  };
  for (const char* query : queries) {
    const std::string once = canonical(query);
    INFO(query << " -> " << once);
    CHECK(once.find("error") == std::string::npos);
    CHECK(canonical(once) == once);
  }
}

TEST_CASE("keywords may name metrics and labels", "[promql]") {
  for (const char* query :
       {"sum", "by", "offset", "bool", "start", "sum{by=\"x\"}", "sum by (on, ignoring) (group)",
        "count{sum=\"a\"} + on(bool) max", "by offset 5m"}) {
    INFO(query);
    CHECK(parse_promql(query).has_value());
  }
}

TEST_CASE("errors point at line and column", "[promql]") {
  CHECK(canonical("sum(\n  rate(x))") ==
        "error: 2:8: parse error: expected type range vector in call to function \"rate\", got "
        "instant vector");
  CHECK(canonical("a +\n\n  ;") == "error: 3:3: parse error: unexpected character: ';'");
}

TEST_CASE("what is nested too deeply is refused", "[promql]") {
  const auto nested = [](std::size_t n) {
    return std::string(n, '(') + "x" + std::string(n, ')');
  };
  CHECK(parse_promql(nested(100)).has_value());
  CHECK(canonical(nested(100'000 / 2)).find("nested too deeply") != std::string::npos);
  CHECK(canonical(std::string(50'000, '-') + "x").find("nested too deeply") != std::string::npos);

  std::string chain = "x";
  for (int i = 0; i < 400; ++i) chain += " or x";
  CHECK(parse_promql(chain).has_value());
  for (int i = 0; i < 200; ++i) chain += " or x";
  CHECK(canonical(chain).find("more than 500 operators") != std::string::npos);

  std::string ranges = "x[5m:1m]";
  for (int i = 0; i < 1000; ++i) ranges += "[5m:1m]";
  CHECK_FALSE(parse_promql(ranges).has_value());
  CHECK(canonical(std::string(200'000, 'x')).find("longer than 128 KiB") != std::string::npos);
}

TEST_CASE("a prefix of a query never crashes the parser", "[promql]") {
  const std::string query =
      "sum by (a, b) (rate(x{c=\"d\", e!~'f.*'}[5m:1m] @ 5 offset -1h)) / on(a) group_left(b) "
      "topk(3, -y ^ 2) > bool 0x1f or label_replace(z, `a`, \"$1\", \"b\", \"(.*)\") # end";
  REQUIRE(parse_promql(query).has_value());
  std::size_t complete = 0;
  for (std::size_t n = 0; n < query.size(); ++n) {
    const auto expr = parse_promql(std::string_view(query).substr(0, n));
    if (expr) ++complete;
    else CHECK(expr.error().code == ErrorCode::parse);
  }
  CHECK(complete > 0);
}

TEST_CASE("spans cover the text of each part", "[promql]") {
  const auto expr = parse_promql("sum(a) + b offset 5m");
  REQUIRE(expr.has_value());
  const auto& binary = std::get<Binary>((*expr)->node);
  CHECK(binary.lhs->span.begin == 0);
  CHECK(binary.lhs->span.end == 6);
  CHECK(binary.rhs->span.begin == 9);
  CHECK(binary.rhs->span.end == 20);
}

}  // namespace
}  // namespace sluice::query
