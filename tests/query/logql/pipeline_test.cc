// Pipelines, line by line: what remains of a line and which labels it has.

#include "query/logql/pipeline.h"

#include <catch2/catch_test_macros.hpp>

#include "query/engine/engine.h"

using namespace sluice;
using namespace sluice::query;

namespace {

const LabelSet stream{{"app", "web"}};

// "line" {labels}, or "-" if dropped. `stages` as written in a query.
std::string run(const std::string& stages, std::string_view line, const LabelSet& metadata = {}) {
  auto expr = parse_logql("{app=\"web\"} " + stages);
  if (!expr) return expr.error().message;
  auto pipeline = logql::Pipeline::compile(std::get<LogQuery>((*expr)->node).pipeline);
  REQUIRE(pipeline.has_value());
  pipeline->bind(stream);
  // Twice: nothing of a line may linger.
  for (int i = 0; i < 2; ++i) {
    const auto t = *parse_rfc3339("2026-01-02T03:04:05Z");
    if (!pipeline->run(t, line, metadata.empty() ? nullptr : &metadata)) return "-";
  }
  std::vector<logql::LabelView> views;
  pipeline->labels().collect(views);
  std::vector<Label> labels;
  for (const auto& view : views)
    if (view.name != "app") labels.push_back({std::string(view.name), std::string(view.value)});
  const auto shown = LabelSet::from(std::move(labels)).to_string();
  return std::string(pipeline->line()) == line ? shown
                                               : std::string(pipeline->line()) + " " + shown;
}

struct PipelineCase {
  std::string stages;
  std::string line;
  std::string expected;
};

void check_lines(const std::vector<PipelineCase>& cases) {
  for (const auto& c : cases) {
    CAPTURE(c.stages, c.line);
    CHECK(run(c.stages, c.line) == c.expected);
  }
}

}  // namespace

TEST_CASE("json flattens objects and skips arrays and nulls") {
  check_lines({
      {"| json", R"({"a":"x","b":1.50,"c":true})", R"({a="x", b="1.50", c="true"})"},
      {"| json", R"({"a":{"b":{"c":"deep"}},"d":[1,2],"e":null})", R"({a_b_c="deep"})"},
      {"| json", R"({"a b":"1","9x":"2","é":"3"," k ":"4"})",
       R"({_="3", _9x="2", a_b="1", k="4"})"},
      {"| json", R"({"a":"first","a":"second"})", R"({a="first"})"},
      {"| json", R"({"app":"inner"})", R"({app_extracted="inner"})"},
      {"| json", R"({"msg":"say \"hi\"\n\u00e9"})", "{msg=\"say \\\"hi\\\"\\n\xC3\xA9\"}"},
      {"| json", R"({"a":""})", "{}"},
      {"| json", R"(  {"a":1} trailing text)", R"({a="1"})"},
      {"| json", R"({"a":1} trailing "quote)", R"({a="1"})"},
      {"| json", "{}", "{}"},
      {"| json", R"({"":1,"x":{"":2,"y":3}})", R"({x_y="3"})"},
      {"| json", "{\"a\":\"x\xFFy\"}", R"({a="x y"})"},
  });
}

TEST_CASE("json that breaks gives an error label and the fields before the break") {
  const auto error = [](const std::string& line) {
    return run("| json | drop __error_details__", line);
  };
  CHECK(error("plain text") == R"({__error__="JSONParserErr"})");
  CHECK(error("") == R"({__error__="JSONParserErr"})");
  CHECK(error("[1]") == R"({__error__="JSONParserErr"})");
  CHECK(error(R"({"a":"x","b":"cut of)") == R"({__error__="JSONParserErr", a="x"})");
  CHECK(error(R"({"a":"x","b":{"c":1)") == R"({__error__="JSONParserErr", a="x", b_c="1"})");
  CHECK(error(R"({"a":"x","b":oops})") == R"({__error__="JSONParserErr", a="x"})");
  CHECK(error(R"({"a":"x",)") == R"({__error__="JSONParserErr", a="x"})");
  CHECK(error(R"({"a":"x","b":12z})") == R"({__error__="JSONParserErr", a="x"})");
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "{\"a\":";
  CHECK(error(deep).find("JSONParserErr") != std::string::npos);
}

TEST_CASE("json with paths") {
  check_lines({
      {R"(| json code="r.code", first="list[0].n", k="[\"odd key\"]")",
       R"({"r":{"code":200},"list":[{"n":"one"}],"odd key":"v"})",
       R"({code="200", first="one", k="v"})"},
      {R"(| json o="r", l="list")", R"({"r":{"code":200},"list":[1,2]})",
       R"({l="[1,2]", o="{\"code\":200}"})"},
      {R"(| json x="missing", y="r.code.deeper", z="l[9]")", R"({"r":{"code":1},"l":[1]})", "{}"},
      {"| json a, b", R"({"b":"2","a":"1","c":"3"})", R"({a="1", b="2"})"},
      {R"(| json a="x" | drop __error_details__)", "no json", R"({__error__="JSONParserErr"})"},
  });
}

TEST_CASE("logfmt is lenient unless told otherwise") {
  check_lines({
      {"| logfmt", R"(level=info msg="it's up" n=3)", R"({level="info", msg="it's up", n="3"})"},
      {"| logfmt", R"(a="x \"y\" \\ \u0041\n")", R"({a="x \"y\" \\ A\n"})"},
      {"| logfmt", "flag empty= x=1", R"({x="1"})"},
      {"| logfmt", R"(=bad a=1 b"c d=2 e="open)", R"({a="1", d="2"})"},
      {"| logfmt", "a=1 a=2", R"({a="1"})"},
      {"| logfmt", "a.b=1 9=2", R"({_9="2", a_b="1"})"},
      {"| logfmt", "app=inner", R"({app_extracted="inner"})"},
      {"| logfmt", "just some words", "{}"},
      {"| logfmt", "a=b=c x=1", R"({x="1"})"},
      {"| logfmt --strict | drop __error_details__", "a=1 =bad b=2",
       R"({__error__="LogfmtParserErr", a="1"})"},
      {R"(| logfmt lvl="level", msg)", R"(level=info msg=hi x=1)", R"({lvl="info", msg="hi"})"},
  });
}

TEST_CASE("regexp, pattern and unpack") {
  check_lines({
      {R"q(| regexp "(?P<method>\\w+) (?P<path>\\S+)")q", "GET /x", R"({method="GET", path="/x"})"},
      {R"q(| regexp "(?P<n>\\d+)")q", "no digits", "{}"},
      {R"(| pattern "<ip> - <_> [<when>]")", "1.2.3.4 - bob [now]",
       R"({ip="1.2.3.4", when="now"})"},
      {"| unpack", R"({"pod":"p","n":1,"_entry":"the line"})", R"(the line {pod="p"})"},
      {"| unpack", R"({"pod":"p"})", "{}"},
      {"| unpack | drop __error_details__", "text", R"({__error__="JSONParserErr"})"},
  });
}

TEST_CASE("label filters compare strings, numbers, durations and sizes") {
  const std::string line = R"({"s":"x","n":"10","d":"1.5s","b":"5KB","bad":"zz"})";
  const auto kept = [&](const std::string& filter) {
    return run("| json | " + filter, line) != "-";
  };
  CHECK(kept(R"(s="x")"));
  CHECK_FALSE(kept(R"(s="y")"));
  CHECK(kept(R"(missing="")"));
  CHECK(kept("n >= 10 and n < 11 and n != 3"));
  CHECK(kept("d > 1s and d <= 1500ms"));
  CHECK_FALSE(kept("d > 2s"));
  CHECK(kept("b == 5000B"));
  CHECK(kept("b < 5KiB"));
  CHECK_FALSE(kept("missing > 1"));
  CHECK(kept("n > 100 or s=\"x\""));
  CHECK_FALSE(kept("n > 100 or s=\"x\" and n < 5"));
  CHECK(kept("(n > 100 or s=\"x\"), n > 5"));
}

TEST_CASE("a value that does not convert keeps its line, marked") {
  CHECK(run("| logfmt | a > 5 | drop __error_details__", "a=zz") ==
        R"({__error__="LabelFilterErr", a="zz"})");
  CHECK(run(R"(| logfmt | a > 5 | __error__="")", "a=zz") == "-");
  CHECK(run("| json | a > 5", "zz") == "-");
  CHECK(run("| json | a > 5 | drop __error_details__", R"({"a":6)") ==
        R"({__error__="JSONParserErr", a="6"})");
}

TEST_CASE("formats") {
  check_lines({
      {R"(| logfmt | line_format "{{.b}}-{{.a}}")", "a=1 b=2", R"(2-1 {a="1", b="2"})"},
      {R"(| line_format "{{ __line__ | upper }} {{.app}}{{.none}}")", "abc", "ABC web {}"},
      {R"(| line_format "{{ __timestamp__ }}")", "abc", "2026-01-02 03:04:05 +0000 UTC {}"},
      {R"(| line_format "{{ __timestamp__ | date \"15:04\" }} {{ bytes \"2KB\" }}")", "abc",
       "03:04 2000 {}"},
      {R"(| line_format "new" |= "new")", "old", "new {}"},
      {R"(| line_format "new" |= "old")", "old", "-"},
      {R"(| logfmt | label_format c=a)", "a=1 b=2", R"({b="2", c="1"})"},
      {R"(| logfmt | label_format a="{{.b}}x")", "a=1 b=2", R"({a="2x", b="2"})"},
      {R"(| label_format app="changed" | line_format "{{.app}}")", "x", "changed {}"},
      {R"(| label_format gone=nothing)", "x", "{}"},
      {"| decolorize", "\x1B[31mred\x1B[0m plain", "red plain {}"},
  });
}

TEST_CASE("drop and keep") {
  check_lines({
      {"| logfmt | drop a, b", "a=1 b=2 c=3", R"({c="3"})"},
      {R"(| logfmt | drop a="1", b="x")", "a=1 b=2", R"({b="2"})"},
      {"| logfmt | keep a", "a=1 b=2", R"({a="1"})"},
      {R"(| logfmt | keep a=~"[0-9]")", "a=1 b=2", R"({a="1"})"},
      {"| json | drop __error__, __error_details__", "text", "{}"},
      {"| json | keep x | drop __error_details__", "text", R"({__error__="JSONParserErr"})"},
      {"| drop app | line_format \"{{.app}}.\"", "x", ". {}"},
  });
}

TEST_CASE("structured metadata counts as labels, and parsed ones step aside") {
  const LabelSet metadata{{"trace", "t1"}};
  CHECK(run("", "x", metadata) == R"({trace="t1"})");
  CHECK(run("| trace=\"t1\"", "x", metadata) == R"({trace="t1"})");
  CHECK(run("| trace=\"t2\"", "x", metadata) == "-");
  CHECK(run("| logfmt", "trace=t9", metadata) == R"({trace="t1", trace_extracted="t9"})");
}

TEST_CASE("pattern filters and later line filters run in the pipeline") {
  CHECK(run(R"(|> "<_> failed <_>")", "it failed twice") == "{}");
  CHECK(run(R"(!> "<_> failed <_>")", "it failed twice") == "-");
  CHECK(run(R"(|> "x" or "it <_>")", "it failed twice") == "{}");
}

TEST_CASE("line filters before a change of the line go to the store") {
  const auto pushed = [](const std::string& stages) {
    auto expr = parse_logql("{app=\"web\"} " + stages);
    REQUIRE(expr.has_value());
    const auto split = logql::split_filters(std::get<LogQuery>((*expr)->node).pipeline);
    return std::pair(split.filters.size(), split.rest.size());
  };
  CHECK(pushed(R"(|= "a" != "b")") == std::pair<std::size_t, std::size_t>(2, 0));
  CHECK(pushed(R"(|= "a" | json |~ "b")") == std::pair<std::size_t, std::size_t>(2, 1));
  CHECK(pushed(R"(| line_format "x" |= "a")") == std::pair<std::size_t, std::size_t>(0, 2));
  CHECK(pushed(R"(|= "a" | decolorize |= "b")") == std::pair<std::size_t, std::size_t>(1, 2));
}

TEST_CASE("labels nobody wants are not made") {
  auto expr = parse_logql(R"({app="web"} | json | a="1")");
  const auto& stages = std::get<LogQuery>((*expr)->node).pipeline;
  auto pipeline = logql::Pipeline::compile(stages);
  REQUIRE(pipeline.has_value());
  pipeline->labels().want_only(logql::wanted_labels(stages, {"b", "app_extracted"}));
  pipeline->bind(stream);
  REQUIRE(pipeline->run({}, R"({"a":"1","b":"2","c":"3","app":"4"})", nullptr));
  CHECK(pipeline->labels().value("b") == "2");
  CHECK(pipeline->labels().value("app_extracted") == "4");
  CHECK_FALSE(pipeline->labels().get("c").has_value());
  CHECK_FALSE(logql::wanted_labels(std::vector<Stage>{LineFormatStage{"x"}}, {}).has_value());
}
