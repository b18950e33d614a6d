// The pure parts: times, tables, log lines, metric results, gates, suggestions.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "query/cli/exit_code.h"
#include "query/cli/gate_format.h"
#include "query/cli/log_line.h"
#include "query/cli/metric_result.h"
#include "query/cli/print_template.h"
#include "query/cli/push_batch.h"
#include "query/cli/rule_format.h"
#include "query/cli/style.h"
#include "query/cli/suggest.h"
#include "query/cli/time_spec.h"

using namespace sluice;
using namespace sluice::query::cli;
using nlohmann::json;

namespace {

const Timestamp now = parse_rfc3339("2026-01-02T03:04:05Z").value();

std::string parsed(std::string_view text) {
  const auto time = parse_time(text, now);
  return time ? format_rfc3339(*time) : "error";
}

}  // namespace

TEST_CASE("times are read in every usual form") {
  use_timezone("UTC").value();
  const std::pair<const char*, const char*> cases[] = {
      {"now", "2026-01-02T03:04:05Z"},
      {"now-1h", "2026-01-02T02:04:05Z"},
      {"now-1d", "2026-01-01T03:04:05Z"},
      {"2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456789Z"},
      {"2026-01-02T03:04:05+01:00", "2026-01-02T02:04:05Z"},
      {"2026-01-02T03:04:05", "2026-01-02T03:04:05Z"},
      {"2026-01-02 03:04", "2026-01-02T03:04:00Z"},
      {"2026-01-02", "2026-01-02T00:00:00Z"},
      {"1767323045", "2026-01-02T03:04:05Z"},
      {"1767323045.5", "2026-01-02T03:04:05.5Z"},
      {"1767323045000", "2026-01-02T03:04:05Z"},
      {"1767323045000000001", "2026-01-02T03:04:05.000000001Z"},
      {"yesterday", "error"},
      {"now-x", "error"},
      {"", "error"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(parsed(text) == expected);
  }
}

TEST_CASE("a range defaults to the last hour and must not be empty") {
  CHECK(resolve_range({}, now)->start == now - std::chrono::hours(1));
  CHECK(resolve_range({"2h", "", "now-1h"}, now)->start == now - std::chrono::hours(3));
  CHECK_FALSE(resolve_range({"1h", "now", "now-1h"}, now).has_value());
  CHECK_FALSE(resolve_range({"soon", "", ""}, now).has_value());
}

TEST_CASE("times are written in the chosen zone") {
  use_timezone("Europe/Berlin").value();
  CHECK(format_local(now) == "2026-01-02T04:04:05.000+01:00");
  CHECK(format_clock(now) == "04:04:05");
  CHECK(parsed("2026-01-02T04:04:05") == "2026-01-02T03:04:05Z");
  use_timezone("UTC").value();
  CHECK(format_local(now + std::chrono::milliseconds(7)) == "2026-01-02T03:04:05.007Z");
  CHECK(use_timezone("Mars/Olympus").error().message.find("Mars/Olympus") != std::string::npos);
  CHECK(format_rough(std::chrono::seconds(59)) == "59s");
  CHECK(format_rough(std::chrono::minutes(125)) == "2h5m");
  CHECK(format_rough(std::chrono::hours(100)) == "4d");
}

TEST_CASE("times of lines are printed as asked for") {
  use_timezone("Europe/Berlin").value();
  const auto in = [](std::string_view format) {
    const auto parsed = parse_time_format(format);
    return parsed ? format_time(now + std::chrono::nanoseconds(7'000'001), *parsed)
                  : parsed.error().message;
  };
  CHECK(in("rfc3339") == "2026-01-02T04:04:05.007+01:00");
  CHECK(in("rfc3339nano") == "2026-01-02T04:04:05.007000001+01:00");
  CHECK(in("unix") == "1767323045");
  CHECK(in("unixms") == "1767323045007");
  CHECK(in("unixns") == "1767323045007000001");
  CHECK(in("%d.%m. %H:%M") == "02.01. 04:04");
  CHECK(in("kitchen").find("\"kitchen\" is none of rfc3339") != std::string::npos);
  use_timezone("UTC").value();
  CHECK(format_time(from_unix_ns(-1), {}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("a template prints lines as line_format writes them") {
  const LogLine line{now, LabelSet{{"app", "pay"}}, "b", LabelSet{{"status", "500"}}};
  LogStyle style;
  style.format = parse_log_format("template=x").value();
  const auto print = [&](std::string_view text) {
    style.print_template = PrintTemplate::parse(text).value();
    return format_line(line, style);
  };
  CHECK(print("{{.app | ToUpper}} {{.status}} {{__line__}}{{.none}}") == "PAY 500 b\n");
  CHECK(print("{{__timestamp__ | unixEpoch}}") == "1767323045\n");
  CHECK(print("{{div 1 0}}").starts_with("b  (template: "));
  CHECK(PrintTemplate::parse("{{.app").error().message.find("1:") != std::string::npos);
}

TEST_CASE("log lines are printed in each format") {
  use_timezone("UTC").value();
  const auto streams = json::parse(
      R"([{"stream":{"app":"pay","level":"error"},"values":[["1767323045000000000","a\u001b[2J\tb"],
          ["1767323045000000001","b",{"trace":"t"}]]}])");
  const auto lines = parse_streams(streams).value();
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].metadata.get("trace") == "t");
  LogStyle style;
  CHECK(format_line(lines[1], style) ==
        "2026-01-02T03:04:05.000Z {app=\"pay\", level=\"error\"} b\n");
  style.exclude = {"level"};
  CHECK(format_line(lines[1], style) == "2026-01-02T03:04:05.000Z {app=\"pay\"} b\n");
  style.to_terminal = true;
  CHECK(format_line(lines[0], style).find("a\\x1b[2J\tb") != std::string::npos);
  style.labels = false;
  style.color = true;
  CHECK(format_line(lines[1], style).find("\x1b[31mb\x1b[0m") != std::string::npos);
  style.format = LogFormat::raw;
  CHECK(format_line(lines[0], style) == "a\x1b[2J\tb\n");
  style = {};
  style.format = LogFormat::jsonl;
  CHECK(format_line(lines[1], style) ==
        R"({"labels":{"app":"pay","level":"error"},"line":"b",)"
        R"("timestamp":"2026-01-02T03:04:05.000000001Z","metadata":{"trace":"t"}})"
        "\n");
}

TEST_CASE("what is not a log entry is an Error, not a crash") {
  for (const auto* bad : {"{}", "[1]", "[{}]", R"([{"values":[[1,"a"]]}])",
                          R"([{"values":[["x","a"]]}])", R"([{"values":[["1"]]}])"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_streams(json::parse(bad)).has_value());
  }
}

TEST_CASE("metric results: vector, matrix, scalar") {
  use_timezone("UTC").value();
  const auto vector = parse_metric_result(json::parse(
                                              R"({"resultType":"vector","result":[
          {"metric":{"__name__":"up","job":"a"},"value":[1767323045,"1"]},
          {"metric":{},"value":[1767323045,"NaN"]}]})"))
                          .value();
  CHECK(format_metric(vector, MetricFormat::table, false) ==
        "VALUE  SERIES\n1      up{job=\"a\"}\nNaN    {}\n");
  CHECK(format_metric(vector, MetricFormat::csv, false) ==
        "timestamp,__name__,job,value\n2026-01-02T03:04:05Z,up,a,1\n2026-01-02T03:04:05Z,,,NaN\n");
  const auto matrix = parse_metric_result(json::parse(
                                              R"({"resultType":"matrix","result":[
          {"metric":{"job":"a"},"values":[[1,"0"],[2,"3.5"],[3,"7"]]}]})"))
                          .value();
  CHECK(format_metric(matrix, MetricFormat::table, false) ==
        "LAST  MIN  MAX  TREND  SERIES\n7     0    7    ▁▅█    {job=\"a\"}\n");
  const auto odd = parse_metric_result(json::parse(
                                           R"({"resultType":"matrix","result":[
          {"metric":{"__name__":"a.b","c":"d"},"values":[[1,"NaN"],[2,"3"],[3,"1"]]},
          {"metric":{"__name__":"a.b"},"values":[[1,"NaN"]]},
          {"metric":{"__name__":"h"},"values":[[2,"1"]],"histograms":[[1,{"count":"3","sum":"4",
           "buckets":[[3,"-1","1","1"],[0,"1","2","2"]]}]]}]})"))
                       .value();
  const std::string table = format_metric(odd, MetricFormat::table, false);
  CHECK(table.find("1     1    3") != std::string::npos);
  CHECK(table.find("NaN   NaN  NaN") != std::string::npos);
  CHECK(table.find("{\"a.b\", c=\"d\"}") != std::string::npos);
  CHECK(table.find("{\"a.b\"}\n") != std::string::npos);
  CHECK(format_metric(odd, MetricFormat::csv, false)
            .find("1970-01-01T00:00:01Z,h,,\"{count:3, sum:4, [-1,1]:1, (1,2]:2}\"\n"
                  "1970-01-01T00:00:02Z,h,,1\n") != std::string::npos);
  CHECK_FALSE(parse_metric_result(json::parse(R"({"resultType":"vector","result":[
          {"metric":{},"histogram":[1,{"count":"3","buckets":[[9]]}]}]})"))
                  .has_value());
  const auto scalar =
      parse_metric_result(json::parse(R"({"resultType":"scalar","result":[1,"42"]})")).value();
  CHECK(format_metric(scalar, MetricFormat::table, false) == "42\n");
  for (const auto* bad : {"{}", "[]", R"({"resultType":"vector","result":[{"value":[1]}]})",
                          R"({"resultType":"scalar","result":"x"})"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_metric_result(json::parse(bad)).has_value());
  }
}

TEST_CASE("sparklines scale, average and leave gaps") {
  CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7}, 8) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline({5, 5}, 8) == "▁▁");
  CHECK(sparkline({0, 0, 8, 8}, 2) == "▁█");
  CHECK(sparkline({0, NAN, 1}, 3) == "▁ █");
  CHECK(sparkline({}, 3).empty());
}

TEST_CASE("CSV fields are quoted where needed") {
  CHECK(csv_field("a b") == "a b");
  CHECK(csv_field("a,\"b\"\n") == "\"a,\"\"b\"\"\n\"");
}

namespace {

json gate_with(const char* verdict, const char* rollback) {
  return json{{"id", "g-1"},
              {"service", "pay"},
              {"env", "prod"},
              {"version", "2"},
              {"baseline", "1"},
              {"state", "done"},
              {"phase", "done"},
              {"verdict", verdict},
              {"reason", "because"},
              {"rollback", json{{"state", rollback}, {"hook", "undo"}, {"detail", "seen"}}}};
}

}  // namespace

TEST_CASE("a gate's end decides the exit code, and nothing unknown is success") {
  const std::tuple<const char*, const char*, int> cases[] = {
      {"pass", "none", 0},         {"fail", "none", 1},        {"fail", "skipped", 1},
      {"fail", "pending", 1},      {"fail", "rolled_back", 9}, {"fail", "rollback_failed", 10},
      {"inconclusive", "none", 3}, {"no_data", "none", 3},     {"error", "none", 3},
      {"something new", "none", 3}};
  for (const auto& [verdict, rollback, code] : cases) {
    CAPTURE(verdict, rollback);
    CHECK(static_cast<int>(exit_code_of_gate(gate_with(verdict, rollback))) == code);
  }
  CHECK(exit_code_of_gate(json::object()) == ExitCode::undecided);
  json running = gate_with("pass", "none");
  running["verdict"] = nullptr;
  CHECK(exit_code_of_gate(running) == ExitCode::undecided);
}

TEST_CASE("a gate explains itself") {
  json gate = gate_with("fail", "rolled_back");
  gate["policy"] = "canary";
  gate["evaluations"] = 6;
  gate["checks"] = json::array(
      {json{{"name", "new_patterns"},
            {"verdict", "fail"},
            {"value", 1},
            {"threshold", 0},
            {"samples", json{{"candidate", 60}, {"baseline", 31}}},
            {"reason", "1 new"},
            {"queries", json::array({"{app=\"pay\"}"})},
            {"patterns", json::array({json{{"template", "lock <int> lost"},
                                           {"count", 57},
                                           {"status", "new"},
                                           {"samples", json::array({"lock 7 lost"})}}})}}});
  const std::string text = gate_explanation(gate, false);
  for (const auto* part : {"FAIL pay 2 against 1 (prod), rolled back: because", "policy canary",
                           "new_patterns", "60", "31", "57 lines: lock <int> lost", "lock 7 lost",
                           "Rollback: rolled back by undo, seen", "{app=\"pay\"}"}) {
    CAPTURE(part, text);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(gate_progress(gate) == "done, verdict fail: new_patterns fail");
}

TEST_CASE("alerts and rules become tables") {
  const auto alerts = json::parse(
      R"([{"labels":{"alertname":"Down","job":"a"},"state":"firing",
           "activeAt":"2026-01-02T03:00:05Z","value":"1e+00"},{"state":"pending"}])");
  CHECK(select_alerts(alerts, "firing").size() == 1);
  const std::string text = format_alerts(alerts, now, false);
  CHECK(text.find("firing   Down   4m   1e+00  {job=\"a\"}") != std::string::npos);
  const auto rules = json::parse(
      R"({"groups":[{"name":"g","rules":[{"name":"r","type":"alerting","state":"firing",
          "query":"a\n>1","lastError":"boom"}]}]})");
  const std::string table = format_rules(rules, false);
  CHECK(table.find("a >1") != std::string::npos);
  CHECK(table.find("r: boom") != std::string::npos);
  CHECK(format_rules(json::object(), false) == "no rules\n");
}

TEST_CASE("a push batch keeps the order of its lines") {
  PushBatch batch(LabelSet{{"job", "ci"}}, 3, 1000);
  CHECK(batch.empty());
  batch.add("a\"", now);
  batch.add("b", now);
  CHECK(batch.lines() == 2);
  CHECK(batch.take() ==
        R"({"streams":[{"stream":{"job":"ci"},"values":[["1767323045000000000","a\""],)"
        R"(["1767323045000000001","b"]]}]})");
  CHECK(batch.empty());
  for (int i = 0; i < 3; ++i) batch.add("x", now);
  CHECK(batch.full());
}

TEST_CASE("slips of the finger are recognised") {
  const std::vector<std::string> known{"logs", "labels", "--since", "--limit"};
  CHECK(closest("lgos", known) == "logs");
  CHECK(closest("--sicne", known) == "--since");
  CHECK_FALSE(closest("--completely-different", known).has_value());
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("ab", "ba") == 1);
}

TEST_CASE("control characters cannot reach the terminal") {
  CHECK(printable("a\x1b[31m\nb\x7f") == "a\\x1b[31m\\x0ab\\x7f");
  CHECK(printable("ä\t€") == "ä\t€");
}

TEST_CASE("the exit code table names every code") {
  const std::string help = exit_code_help();
  for (const auto* code :
       {"  0 ", "  1 ", "  2 ", "  3 ", "  4 ", "  5 ", "  6 ", "  9 ", " 10 ", "124 ", "130 "}) {
    CHECK(help.find(code) != std::string::npos);
  }
}
