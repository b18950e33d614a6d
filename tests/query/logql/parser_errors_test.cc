// What does not parse, and what is said about it.

#include <catch2/catch_test_macros.hpp>

#include "query/engine/engine.h"

using namespace sluice;
using namespace sluice::query;

namespace {

struct RefusedQuery {
  std::string query;
  std::string message;
};

const std::string at = "parse error at line 1, col ";

void check_refused(const std::vector<RefusedQuery>& cases) {
  for (const auto& c : cases) {
    CAPTURE(c.query);
    auto expr = parse_logql(c.query);
    REQUIRE_FALSE(expr.has_value());
    CHECK(expr.error().code == ErrorCode::parse);
    CHECK(expr.error().message == c.message);
  }
}

}  // namespace

TEST_CASE("errors in log queries say where and what was expected") {
  check_refused({
      {"", at + "1: the query is empty; a stream selector such as {app=\"web\"} is the least"},
      {"{app=}", at + "6: unexpected \"}\", expected a quoted value, as in app=\"...\""},
      {"{app=web}",
       at + "6: unexpected identifier \"web\", expected a quoted value, as in app=\"...\""},
      {"{app='web'}", at + "6: unexpected character '''; strings are written \"...\" or `...`"},
      {"{app==\"x\"}",
       at + "5: unexpected \"==\", expected one of = != =~ !~ after the label name"},
      {"{app=\"x\"", at + "9: unexpected end of query, expected \",\" or \"}\" after the matcher"},
      {"{app=\"x}", at + "6: string is not closed or has a bad escape"},
      {"{app=~\"(\"}", at + "7: invalid regex \"(\": missing ): ("},
      {"{app=\"x\"} |= x", at + "14: unexpected identifier \"x\", expected a quoted string after "
                                "the line filter operator"},
      {"{app=\"x\"} | line_format \"{{.x\"", at + "25: template: 1:1: unclosed action: no }}"},
      {"{app=\"x\"} | regexp \"a\"",
       at + "20: at least one named capture must be supplied, as in (?P<status>\\d+)"},
      {"{app=\"x\"} | regexp \"(?P<9x>a)\"", at + "20: invalid extracted label name '9x'"},
      {"{app=\"x\"} | pattern \"<a><b>\"",
       at + "21: pattern \"<a><b>\": consecutive captures need a literal between them"},
      {"{app=\"x\"} |> \"<a>\"",
       at + "14: pattern filter: \"<a>\" captures nothing in a filter; write <_>, or use | pattern "
            "to make labels"},
      {"{app=\"x\"} | label_format a=b, a=c",
       at + "31: multiple label name 'a' not allowed in a single format operation"},
      {"{app=\"x\"} | json a=\"[\"",
       at + "18: invalid JSON path \"[\": expected an index or a quoted key at byte 1"},
      {"{app=\"x\"} | logfmt --fast",
       at + "20: unexpected flag --fast, expected --strict or --keep-empty"},
      {"{app=\"x\"} | size > 5XB",
       at + "20: \"5XB\" is not a number, a duration (5m, 1h30m) or a byte size (10KB, 5MiB)"},
      {"{app=\"x\"} | x > \"5\"",
       at + "17: unexpected string \"5\", expected a number, a duration or a byte size (strings "
            "compare with = and !=)"},
      {"{app=\"x\"} | unwrap y",
       at + "11: unexpected \"|\", expected an operator or the end of the query; unwrap belongs "
            "inside a range aggregation such as sum_over_time"},
      {"{app=\"x\"}[5m]",
       at + "10: unexpected \"[\", expected an operator or the end of the query; a range belongs "
            "inside an aggregation such as rate({...}[5m])"},
  });
}

TEST_CASE("errors in metric queries say where and what was expected") {
  check_refused({
      {"rate({app=\"x\"})",
       at + "15: unexpected \")\", expected a range such as [5m] in rate(...)"},
      {"rate({app=\"x\"}[5])",
       at + "16: unexpected number 5, expected a duration such as 5m inside \"[\" and \"]\""},
      {"count_over_time({app=\"x\"} | unwrap y [5m])",
       at + "1: invalid aggregation count_over_time with unwrap; it counts lines, see "
            "sum_over_time for unwrapped values"},
      {"sum_over_time({app=\"x\"}[5m])",
       at + "1: invalid aggregation sum_over_time without unwrap; add | unwrap <label>"},
      {"rate({app=\"x\"}[5m]) by (a)",
       at + "1: grouping not allowed for rate aggregation; use sum by (...) (rate(...))"},
      {"rate(0.5, {app=\"x\"}[5m])", at + "6: parameter not supported for operation rate"},
      {"quantile_over_time({app=\"x\"} | unwrap y [5m])",
       at + "20: unexpected \"{\", expected the quantile, as in quantile_over_time(0.99, {...} | "
            "unwrap x [5m])"},
      {"topk(0, rate({app=\"x\"}[5m]))",
       at + "6: invalid parameter 0: topk needs a whole number greater than 0"},
      {"sum({app=\"x\"})",
       at + "5: a log query cannot be an operand; wrap it in a range aggregation such as "
            "rate({...}[5m])"},
      {"sum(1)", at + "5: sum needs a vector (such as rate(...)), not a scalar"},
      {"1 and vector(1)",
       at + "1: unexpected literal for left side of logical/set binary operation (and)"},
      {"vector(1) + bool vector(1)",
       at + "13: bool modifier can only be used on comparison operators"},
      {"vector(1) and on() group_left vector(1)",
       at + "20: no grouping allowed for \"and\" operation"},
      {"label_replace(vector(1), \"1x\", \"\", \"a\", \"\")",
       at + "26: invalid destination label name in label_replace: \"1x\""},
      {"foo({app=\"x\"}[5m])",
       at + "1: unknown function \"foo\"; LogQL begins with a selector {app=\"...\"}, a range "
            "aggregation such as rate({...}[5m]) or an aggregation such as sum(...)"},
      {"{app=\"x\"} {", at + "11: unexpected \"{\", expected an operator or the end of the query"},
      {"{a=\"b\"}\n|= 1",
       "parse error at line 2, col 4: unexpected number 1, expected a quoted string after the line "
       "filter operator"},
  });
}

TEST_CASE("metrics alone are no LogQL, and their errors are passed on") {
  check_refused({
      {"sum(rate(http_requests_total[5m]))",
       at + "1: this is PromQL; a LogQL query reads logs, beginning with a selector such as "
            "{app=\"web\"} or a range aggregation such as rate({...}[5m])"},
      {"rate({a=\"b\"}[5m]) + up[5m]",
       at + "21: the PromQL operand must be an instant vector or a scalar"},
      {"rate({a=\"b\"}[5m]) + up{x=}",
       at + "21: in the PromQL operand: 1:6: parse error: unexpected \"}\" in label matching, "
            "expected string"},
  });
}

TEST_CASE("selectors that every stream satisfies are refused") {
  for (auto query :
       {"{}", R"({app=~".*"})", R"({app!="x"})", R"({app=""})", R"({a=~"x|", b!~"y"})"}) {
    CAPTURE(query);
    auto expr = parse_logql(query);
    REQUIRE_FALSE(expr.has_value());
    CHECK(expr.error().message.starts_with(
        "parse error at line 1, col 1: queries require at least one regexp or equality matcher "
        "that does not have an empty-compatible value."));
  }
  CHECK(parse_logql(R"({app=~".+"})").has_value());
  CHECK(parse_logql(R"({app=~".*", b="c"})").has_value());
}

TEST_CASE("hostile queries end in an error, not in a crash") {
  const auto refused = [](const std::string& query) { return !parse_logql(query).has_value(); };
  CHECK(refused(std::string(100'000, '(')));
  CHECK(refused("{a=\"b\"} | " + std::string(100'000, '(')));
  CHECK(refused("rate(" + std::string(100'000, '(')));
  std::string sum = "vector(1)";
  for (int i = 0; i < 2000; ++i) sum += "+vector(1)";
  CHECK(refused(sum));
  CHECK(refused("{a=\"" + std::string(140'000, 'x') + "\"}"));
  CHECK(refused("{a=\"\xFF\"}"));
  std::string powers = "1";
  for (int i = 0; i < 900; ++i) powers += "^1";
  CHECK(refused(powers));
}

TEST_CASE("every prefix of a query is accepted or refused in peace") {
  const std::string query =
      R"(sum by (a) (quantile_over_time(0.9, {a=~"b+"} |= "x" or "y" | json c="d[0]" )"
      R"(| e>1.5s,f="g" | line_format "{{.x}}" | unwrap duration(h) [5m] offset 1h)) )"
      R"(> bool on (i) group_left(j) 3)";
  for (std::size_t n = 0; n <= query.size(); ++n) {
    auto expr = parse_logql(query.substr(0, n));
    if (!expr) CHECK(expr.error().message.starts_with("parse error at line 1, col "));
  }
}
