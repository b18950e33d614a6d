#include "query/template/template.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::query {
namespace {

using Map = TemplateValue::Map;
using List = TemplateValue::List;

TemplateValue request() {
  return Map{{"app", "shop"},
             {"status", "503"},
             {"ms", 12.5},
             {"n", 3},
             {"tags", List{"a", "b", "c"}},
             {"nested", Map{{"deep", Map{{"er", "found"}}}}},
             {"empty", List{}}};
}

FunctionTable all_functions() {
  FunctionTable table = logql_functions();
  table.insert(alert_functions().begin(), alert_functions().end());
  return table;
}

// What the text renders to, or its error.
std::string run(std::string_view text) {
  static const FunctionTable functions = all_functions();
  auto parsed = Template::parse_with_variables(text, functions, {"$labels", "$value"});
  if (!parsed) return parsed.error().message;
  auto out = parsed->render(request(), {{"$labels", Map{{"job", "node"}}}, {"$value", 0.25}});
  return out ? *out : out.error().message;
}

struct Case {
  std::string_view text;
  std::string_view want;
};

}  // namespace

TEST_CASE("text, fields, variables and trimming", "[template]") {
  for (const auto& [text, want] : std::initializer_list<Case>{
           {"plain", "plain"},
           {"", ""},
           {"{{.app}}-{{ .status }}", "shop-503"},
           {"{{.nested.deep.er}}", "found"},
           {"{{(index .tags 1)}}", "b"},
           {"{{.missing}}|", "|"},
           {"{{$labels.job}} {{$value}}", "node 0.25"},
           {"{{$.app}}", "shop"},
           {"{{$x := .app}}{{$x}}{{$x = \"new\"}}{{$x}}", "shopnew"},
           {"a  {{- .n -}}  b", "a3b"},
           {"a {{/* note */}} b", "a  b"},
           {"a {{- /* note */ -}} b", "ab"},
           {"{{\"q\\\"\"}}{{`r\\n`}}{{'A'}}{{0x1F}}{{-2.5}}{{true}}", "q\"r\\n6531-2.5true"},
           {"{{ .nested.deep | print }}", "map[er:found]"},
           {"{{.tags}}", "[a b c]"},
       }) {
    CAPTURE(text);
    CHECK(run(text) == want);
  }
}

TEST_CASE("control structures", "[template]") {
  for (const auto& [text, want] : std::initializer_list<Case>{
           {"{{if .app}}y{{else}}n{{end}}", "y"},
           {"{{if .empty}}y{{else if eq .n 3}}three{{else}}n{{end}}", "three"},
           {"{{if false}}a{{else if false}}b{{else}}c{{end}}", "c"},
           {"{{range .tags}}<{{.}}>{{end}}", "<a><b><c>"},
           {"{{range $i, $t := .tags}}{{$i}}{{$t}}{{end}}", "0a1b2c"},
           {"{{range $k, $v := .nested.deep}}{{$k}}={{$v}}{{end}}", "er=found"},
           {"{{range .empty}}x{{else}}none{{end}}", "none"},
           {"{{range .tags}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac"},
           {"{{range .tags}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"},
           {"{{with .nested.deep}}{{.er}}{{end}}", "found"},
           {"{{with .missing}}x{{else}}none{{end}}", "none"},
           {"{{with $x := .app}}{{$x}}{{end}}", "shop"},
           {"{{define \"t\"}}[{{.}}]{{end}}{{template \"t\" .app}}", "[shop]"},
           {"{{block \"b\" .n}}({{.}}){{end}}", "(3)"},
           {"{{$n := 1}}{{range .tags}}{{$n = add $n 1}}{{end}}{{$n}}", "4"},
           {"{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"},
       }) {
    CAPTURE(text);
    CHECK(run(text) == want);
  }
}

TEST_CASE("built-in functions", "[template]") {
  for (const auto& [text, want] : std::initializer_list<Case>{
           {"{{eq .status \"503\"}} {{eq .n 1 2 3}} {{ne .app \"x\"}}", "true true true"},
           {"{{gt .status 499}} {{le 2 1}} {{lt \"a\" \"b\"}}", "true false true"},
           {"{{and 1 0 2}} {{or 0 \"\" .app}} {{not .empty}}", "0 shop true"},
           {"{{len .tags}} {{len .app}}", "3 4"},
           {"{{slice .app 1 3}}", "ho"},
           {"{{print 1 2 \"x\" 3}}", "1 2x3"},
           {"{{printf \"%05.1f|%-4s|%4d|%x|%q|%v|%%\" .ms .app .n \"hi\" \"a\" true}}",
            "012.5|shop|   3|6869|\"a\"|true|%"},
           {"{{printf \"%d\" .app}}", "%!d(string=shop)"},
           {"{{printf \"%d %d\" 1}}", "1 %!d(MISSING)"},
           {"{{printf \"%d\" 1 2}}", "1%!(EXTRA int=2)"},
           {"{{printf \"%*d\" 5 42}}", "   42"},
           {"{{html \"<a&b>\"}}", "&lt;a&amp;b&gt;"},
           {"{{.app | printf \"%s-%s\" \"x\"}}", "x-shop"},
       }) {
    CAPTURE(text);
    CHECK(run(text) == want);
  }
}

TEST_CASE("functions of LogQL and of alerts", "[template]") {
  for (const auto& [text, want] : std::initializer_list<Case>{
           {"{{.app | upper | lower | title}}", "Shop"},
           {"{{Replace \"aaa\" \"a\" \"b\" 2}} {{replace \"a\" \"b\" \"aaa\"}}", "bba bbb"},
           {"{{trimPrefix \"sh\" .app}} {{TrimSuffix .app \"op\"}} {{trim \"  x \"}}", "op sh x"},
           {"{{substr 1 3 .app}} {{trunc -2 .app}} {{trunc 2 .app}}", "ho op sh"},
           {"{{repeat 3 \"ab\"}} {{alignRight 6 .app}}|{{alignLeft 6 .app}}|",
            "ababab   shop|shop  |"},
           {"{{regexReplaceAll \"s(.)op\" .app \"$1-\"}}", "h-"},
           {"{{regexReplaceAllLiteral \"h\" .app \"$1\"}}", "s$1op"},
           {"{{count \"[aeiou]\" \"education\"}}", "5"},
           {"{{b64enc \"hello\"}} {{b64dec \"aGVsbG8=\"}}", "aGVsbG8= hello"},
           {"{{default \"none\" .missing}} {{contains \"ho\" .app}}", "none true"},
           {"{{add 1 2 3}} {{sub 5 7}} {{mul 2 3}} {{div 7 2}} {{mod 7 4}}", "6 -2 6 3 3"},
           {"{{divf 7 2}} {{max 3 9 2}} {{minf 1.5 0.5}} {{round 3.14159 2}} {{ceil 1.2}}",
            "3.5 9 0.5 3.14 2"},
           {"{{duration_seconds \"1m30s\"}} {{int \"42\"}} {{float64 \"1.5\"}}", "90 42 1.5"},
           {"{{humanize 1234567}} {{humanize1024 2048}} {{humanizePercentage 0.051}}",
            "1.235M 2ki 5.1%"},
           {"{{humanizeDuration 3725}} {{humanizeDuration 0.0123}} {{humanizeDuration 90061}}",
            "1h 2m 5s 12.3ms 1d 1h 1m 1s"},
           {"{{humanizeTimestamp 0}}", "1970-01-01 00:00:00 +0000 UTC"},
           {"{{reReplaceAll \"(.*):.*\" \"$1\" \"host:9100\"}} {{match \"^s\" .app}}", "host true"},
           {"{{stripPort \"[::1]:80\"}} {{stripDomain \"web.example:80\"}}", "::1 web:80"},
           {"{{$value | humanizePercentage}}", "25%"},
       }) {
    CAPTURE(text);
    CHECK(run(text) == want);
  }
}

TEST_CASE("time functions and JSON", "[template]") {
  for (const auto& [text, want] : std::initializer_list<Case>{
           {"{{unixToTime \"1700000000\"}}", "2023-11-14 22:13:20 +0000 UTC"},
           {"{{unixToTime \"19675\"}}", "2023-11-14 00:00:00 +0000 UTC"},
           {"{{unixToTime \"1700000000123\"}}", "2023-11-14 22:13:20.123 +0000 UTC"},
           {"{{unixToTime \"1700000000123456\"}}", "2023-11-14 22:13:20.123456 +0000 UTC"},
           {"{{unixToTime \"1700000000123456789\" | unixEpochNanos}}", "1700000000123456789"},
           {"{{unixToTime \"1700000000123\" | unixEpochMillis}}", "1700000000123"},
           {"{{unixEpoch \"2023-11-14T22:13:20Z\"}}", "1700000000"},
           {"{{date \"2006-01-02T15:04:05.000Z07:00\" 1700000000}}", "2023-11-14T22:13:20.000Z"},
           {"{{date \"Mon, 02 Jan 06 03:04PM\" 1700000000}}", "Tue, 14 Nov 23 10:13PM"},
           {"{{date \"Monday January _2 3:4:5 pm 002\" 1700000000}}",
            "Tuesday November 14 10:13:20 pm 318"},
           {"{{date \"15h04m, year 2006\" \"2026-01-02T03:04:05Z\"}}", "03h04m, year 2026"},
           {"{{toDate \"2006-01-02\" \"2026-03-04\"}}", "2026-03-04 00:00:00 +0000 UTC"},
           {"{{toDate \"02/Jan/2006:15:04:05 -0700\" \"04/Mar/2026:05:06:07 +0200\" | unixEpoch}}",
            "1772593567"},
           {"{{toDate \"2006-01-02 15:04:05.000 -0700\" \"2026-03-04 05:06:07.250 +0200\"}}",
            "2026-03-04 05:06:07.25 +0200 +0200"},
           {"{{toDate \"2006-01-02 15:04:05 -0700\" \"2026-03-04 05:06:07 +0200\" | unixEpoch}}",
            "1772593567"},
           {"{{toDate \"2006-01-02 15:04:05 -0700\" \"2026-03-04 05:06:07 -0030\"}}",
            "2026-03-04 05:06:07 -0030 -0030"},
           {"{{toDate \"2006-01-02 15:04:05 -0700\" \"2026-03-04 05:06:07 +0000\"}}",
            "2026-03-04 05:06:07 +0000 UTC"},
           {"{{toDate \"2006-01-02T15:04:05Z07:00\" \"2026-03-04T05:06:07Z\"}}",
            "2026-03-04 05:06:07 +0000 UTC"},
           {"{{toDate \"2006-01-02 15:04:05 -0700 MST\" \"2026-03-04 05:06:07 +0200 EET\"}}",
            "2026-03-04 05:06:07 +0200 EET"},
           {"{{toDate \"2006-01-02 15:04:05 MST\" \"2026-03-04 05:06:07 EST\"}}",
            "2026-03-04 05:06:07 +0000 EST"},
           {"{{toDateInZone \"2006-01-02 15:04 -0700\" \"Europe/Berlin\" \"2026-07-01 12:00 "
            "+0200\"}}",
            "2026-07-01 12:00:00 +0200 CEST"},
           {"{{toDateInZone \"2006-01-02 15:04 -0700\" \"Europe/Berlin\" \"2026-01-01 12:00 "
            "+0200\"}}",
            "2026-01-01 12:00:00 +0200 +0200"},
           {"{{toDateInZone \"2006-01-02 15:04 MST\" \"Europe/Berlin\" \"2026-07-01 12:00 CEST\"}}",
            "2026-07-01 12:00:00 +0200 CEST"},
           {"{{toDate \"15:04:05.999 2006-01-02\" \"05:06:07 2026-03-04\"}}",
            "2026-03-04 05:06:07 +0000 UTC"},
           {"{{toDate \"15:04:05 2006-01-02\" \"05:06:07.5 2026-03-04\"}}",
            "2026-03-04 05:06:07.5 +0000 UTC"},
           {"{{toDate \"2006-01-02 15:04:05.000\" \"2026-03-04 05:06:07.25\"}}",
            "cannot parse it as \".000\""},
           {"{{toDateInZone \"2006-01-02 15:04\" \"Europe/Berlin\" \"2026-07-01 12:00\"}}",
            "2026-07-01 12:00:00 +0200 CEST"},
           {"{{toDateInZone \"2006-01-02 15:04\" \"Europe/Berlin\" \"2026-01-01 12:00\"}}",
            "2026-01-01 12:00:00 +0100 CET"},
           {"{{toDateInZone \"2006-01-02\" \"America/New_York\" \"2026-01-01\" | unixEpoch}}",
            "1767243600"},
           {"{{$j := fromJson "
            "\"{\\\"a\\\":[1,2.5,null,\\\"x\\\"],\\\"b\\\":{\\\"c\\\":true}}\"}}{{index $j.a 1}} "
            "{{$j.b.c}} {{len $j.a}} {{index $j.a 0}}",
            "2.5 true 4 1"},
           {"{{range fromJson \"[1,2]\"}}<{{.}}>{{end}}", "<1><2>"},
           {"{{range fromJson \"[1,\"}}<{{.}}>{{else}}none{{end}}", "none"},
           {"{{if fromJson \"nope\"}}yes{{else}}no{{end}}", "no"},
           {"{{unixToTime \"12\"}}", "unable to parse time \"12\""},
           {"{{toDateInZone \"2006\" \"../etc\" \"2026\"}}", "2026-01-01 00:00:00 +0000 UTC"},
           {"{{toDateInZone \"2006\" \"Mars/Olympus\" \"2026\"}}", "2026-01-01 00:00:00 +0000 UTC"},
           {"{{toDate \"2006-01-02\" \"2026-13-01\"}}", "out of range"},
           {"{{toDate \"2006-01-02\" \"yesterday\"}}", "cannot parse it as \"2006\""},
       }) {
    CAPTURE(text);
    CHECK(run(text).find(want) != std::string::npos);
  }
}

TEST_CASE("errors say where and what", "[template]") {
  for (const auto& [text, want] : std::initializer_list<Case>{
           {"{{.app", "template: 1:1: unclosed action: no }}"},
           {"line\n  {{ nope .app }}", "template: 2:6: function \"nope\" not defined"},
           {"{{$y}}", "template: 1:3: undefined variable \"$y\""},
           {"{{if .app}}x", "template: 1:3: {{if}} has no {{end}}"},
           {"x{{end}}", "template: 1:4: unexpected {{end}}"},
           {"{{}}", "template: 1:3: missing value for action"},
           {"{{.app .n}}", "template: 1:3: can't give arguments to a value that is not a function"},
           {"{{.app.x}}", "template: 1:3: can't read field \"x\" of a string"},
           {"{{index .tags 9}}", "template: 1:3: error calling index: index out of range: 9"},
           {"{{len}}", "template: 1:3: wrong number of arguments for len: want 1, got 0"},
           {"{{template \"x\"}}", "template: 1:3: template \"x\" not defined"},
           {"{{break}}", "template: 1:3: {{break}} outside {{range}}"},
           {"{{range .app}}{{end}}", "template: 1:9: range can't iterate over string"},
           {"{{div 1 0}}", "template: 1:3: error calling div: integer divide by zero"},
           {"{{1 | .app}}", "template: 1:7: can't pipe into a value that is not a function"},
           {"{{/* x", "template: 1:1: unclosed comment"},
       }) {
    CAPTURE(text);
    CHECK(run(text) == want);
  }
}

TEST_CASE("a template can't run away with the machine", "[template]") {
  CHECK(run("{{define \"r\"}}{{template \"r\" .}}{{end}}{{template \"r\" .}}") ==
        "template: 1:17: templates include each other too deeply");
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "{{if true}}";
  CHECK(run(deep).find("nested too deeply") != std::string::npos);
  CHECK(run("{{repeat 2000000 \"x\"}}").find("more than 1 MiB") != std::string::npos);
  std::string wide = "{{define \"a\"}}{{repeat 1000000 \"x\"}}{{end}}";
  for (int i = 0; i < 2; ++i) wide += "{{template \"a\"}}";
  CHECK(run(wide) == "template: output is larger than 1 MiB");
}

TEST_CASE("fields are looked up on demand", "[template]") {
  struct OneLabel : Fields {
    std::optional<std::string_view> get(std::string_view name) const override {
      return name == "app" ? std::optional<std::string_view>("web") : std::nullopt;
    }
  } fields;
  auto parsed = Template::parse("{{.app}}/{{.other}}", logql_functions());
  REQUIRE(parsed.has_value());
  CHECK(parsed->render(TemplateValue(&fields)).value() == "web/");
}

}  // namespace sluice::query
