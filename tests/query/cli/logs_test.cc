// context, patterns, explain, warnings, formats and completion, against a fake server.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "query/cli/complete.h"
#include "query/cli/explain_format.h"
#include "tests/query/cli/fake_server.h"
#include "tests/support/temp_dir.h"

using namespace sluice;
using namespace sluice::query::cli;
using namespace sluice::query::cli::test;
using http::Request;
using http::Response;
using nlohmann::json;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

json stream_of(const std::vector<std::pair<std::string, std::string>>& values) {
  json out = {{"stream", {{"app", "pay"}}}, {"values", json::array()}};
  for (const auto& [ns, line] : values) out["values"].push_back({ns, line});
  return out;
}

Response answer_stream(const json& stream, const json& more = json::object()) {
  json data = {{"resultType", "streams"}, {"result", json::array({stream})}};
  data.update(more);
  return Response::json(200, json({{"status", "success"}, {"data", data}}).dump());
}

constexpr const char* at = "1767323043000000000";  // 2026-01-02T03:04:03Z

}  // namespace

TEST_CASE("context prints the lines before, at and after a time, in order") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [](Request& r) {
    const bool backward = r.query.get("direction") == "backward";
    if (backward)
      return answer_stream(
          stream_of({{"1767323042000000000", "b2"}, {"1767323041000000000", "b1"}}));
    if (r.query.get("start") == at) return answer_stream(stream_of({{at, "here"}}));
    return answer_stream(stream_of({{"1767323044000000000", "after"}}));
  });
  server.start();
  const auto outcome =
      server.run({"context", "{app=\"pay\"}", "--at", at, "-C", "2", "--no-labels"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out ==
        "  2026-01-02T03:04:01.000Z b1\n  2026-01-02T03:04:02.000Z b2\n"
        "> 2026-01-02T03:04:03.000Z here\n  2026-01-02T03:04:04.000Z after\n");
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].query.get("end") == at);
  CHECK(requests[0].query.get("limit") == "2");
  CHECK(requests[2].query.get("start") == "1767323043000000001");
}

// A stream of one line a second, from second 1 to 9.
Response nine_lines(const Request& r) {
  const auto start = std::stoll(r.query.get("start").value());
  const auto end = std::stoll(r.query.get("end").value());
  const bool backward = r.query.get("direction") == "backward";
  const auto limit = std::stoul(r.query.get("limit").value());
  const bool matching = r.query.get("query")->find("|=") != std::string::npos;
  std::vector<std::pair<std::string, std::string>> values;
  for (int i = 1; i <= 9; ++i) {
    const int second = backward ? 10 - i : i;
    const std::int64_t ns = 1'767'323'040'000'000'000 + second * std::int64_t{1'000'000'000};
    const bool hit = second == 3 || second == 5 || second == 9;
    if (ns >= start && ns < end && (hit || !matching) && values.size() < limit)
      values.emplace_back(std::to_string(ns), "line " + std::to_string(second));
  }
  return answer_stream(stream_of(values));
}

TEST_CASE("logs -A -B -C print what is around matches, each line once") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [](Request& r) { return nine_lines(r); });
  server.start();
  server.clock.advance(std::chrono::minutes(1));
  const std::vector<std::string> query = {"logs", "{app=\"pay\"} |= \"x\"", "--no-labels",
                                          "--time-format", "%S"};
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), query.begin(), query.end());
    return server.run(more);
  };
  CHECK(run({"-C", "1"}).out ==
        "  02 line 2\n> 03 line 3\n  04 line 4\n> 05 line 5\n  06 line 6\n--\n"
        "  08 line 8\n> 09 line 9\n");
  CHECK(run({"-B", "1", "-o", "raw", "-i", "9"}).out == "line 8\nline 9\n");
  CHECK(run({"-A", "1", "--forward", "-n", "1"}).out == "> 03 line 3\n  04 line 4\n");
  CHECK(server.requests().front().headers.get("X-Loki-Response-Encoding-Flags") ==
        "categorize-labels");
  CHECK(server.requests()[1].query.get("query") == "{app=\"pay\"}");
  const auto endless = run({"-C", "1", "-n", "0"});
  CHECK(endless.code == 2);
  CHECK(endless.err.find("give a --limit") != std::string::npos);
}

TEST_CASE("context wants a time and a log query") {
  CHECK(run_alone({"context", "{a=\"b\"}"}).code == 2);
  CHECK(has(run_alone({"context", "{a=\"b\"}", "--at", "sometime"}).err, "sometime"));
  FakeServer server;
  server.answer("GET", "/loki/api/v1/query_range", 200,
                R"({"data":{"resultType":"matrix","result":[]}})");
  server.start();
  CHECK(has(server.run({"context", "rate({a=\"b\"}[1m])", "--at", "now"}).err, "a log query"));
}

TEST_CASE("patterns are printed with count, share and course") {
  FakeServer server;
  server.answer("GET", "/loki/api/v1/patterns", 200,
                R"({"status":"success","data":[{"pattern":"rare <_>","samples":[[1767323000,1]]},)"
                R"({"pattern":"often <_>","samples":[[1767320000,2],[1767323000,1]]}]})");
  server.start();
  const auto outcome = server.run({"patterns", "{app=\"pay\"}"});
  CHECK(outcome.code == 0);
  CHECK(has(outcome.out, "COUNT"));
  CHECK(outcome.out.find("often <_>") < outcome.out.find("rare <_>"));
  CHECK(has(outcome.out, "75.0%"));
  const auto one =
      json::parse(server.run({"patterns", "{app=\"pay\"}", "-n", "1", "-o", "json"}).out);
  REQUIRE(one.size() == 1);
  CHECK(one[0]["pattern"] == "often <_>");
}

TEST_CASE("logs --explain adds up the pages and prints them apart from the data") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [](Request& r) {
    CHECK(r.query.get("explain") == "true");
    return answer_stream(stream_of({{at, "x"}}), {{"explain",
                                                   {{"query", "{app=\"pay\"}"},
                                                    {"row_groups", {{"considered", 7}}},
                                                    {"milliseconds", {{"read", 1.5}}}}}});
  });
  server.start();
  const auto outcome = server.run({"logs", "{app=\"pay\"}", "--explain", "-o", "raw"});
  CHECK(outcome.out == "x\n");
  CHECK(has(outcome.err, "row groups  7 considered"));
  CHECK(has(outcome.err, "read 1.5 ms"));
  json total;
  add_explain(total, {{"a", {{"n", 2}, {"ms", 0.5}}}, {"q", "x"}});
  add_explain(total, {{"a", {{"n", 3}, {"ms", 1.5}}}, {"q", "x"}});
  CHECK(total == json({{"a", {{"n", 5}, {"ms", 2.0}}}, {"q", "x"}}));
}

TEST_CASE("warnings of the server are said, and fail under --strict") {
  FakeServer server;
  server.answer(
      "GET", "/loki/api/v1/query_range", 200,
      R"({"warnings":["the result is partial"],"data":{"resultType":"streams","result":[]}})");
  server.start();
  const auto lenient = server.run({"logs", "{app=\"pay\"}"});
  CHECK(lenient.code == 0);
  CHECK(has(lenient.err, "warning: the result is partial"));
  CHECK(server.run({"logs", "{app=\"pay\"}", "--strict"}).code == 6);
}

TEST_CASE("logs as csv and logfmt") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [](Request&) {
    return answer_stream(stream_of({{at, "say \"hi\", a"}}));
  });
  server.start();
  CHECK(server.run({"logs", "{app=\"pay\"}", "-o", "csv"}).out ==
        "2026-01-02T03:04:03Z,\"{app=\"\"pay\"\"}\",\"say \"\"hi\"\", a\"\n");
  CHECK(server.run({"logs", "{app=\"pay\"}", "-o", "logfmt"}).out ==
        "ts=2026-01-02T03:04:03Z app=\"pay\" line=\"say \\\"hi\\\", a\"\n");
}

TEST_CASE("logs as a table, with the fields asked for") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [](Request&) {
    auto stream = stream_of({{at, "one\x1b"}});
    stream["values"][0].push_back({{"parsed", {{"status", "500"}}}});
    stream["values"].push_back({"1767323042000000000", "two"});
    return answer_stream(stream);
  });
  server.start();
  const std::vector<std::string> logs{"logs", "{app=\"pay\"}", "-q"};
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), logs.begin(), logs.end());
    return server.run(more).out;
  };
  CHECK(run({"-o", "table", "--fields", "status,app"}) ==
        "TIME                      status  app  LINE\n"
        "2026-01-02T03:04:03.000Z  500     pay  one\\x1b\n"
        "2026-01-02T03:04:02.000Z          pay  two\n");
  CHECK(run({"-o", "table", "--include-common-labels"}) ==
        "TIME                      LABELS       LINE\n"
        "2026-01-02T03:04:03.000Z  {app=\"pay\"}  one\\x1b\n"
        "2026-01-02T03:04:02.000Z  {app=\"pay\"}  two\n");
  CHECK(run({"-o", "csv", "--fields", "status,app", "-e", "one"}) ==
        "2026-01-02T03:04:02Z,,pay,two\n");
  CHECK(run({"--fields", "status", "-i", "^o"}) ==
        "2026-01-02T03:04:03.000Z {status=\"500\"} one\x1b\n");
}

TEST_CASE("lines are sifted and marked by regular expressions") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [](Request&) {
    return answer_stream(stream_of({{at, "abcabc"}, {at, "ab"}, {at, "x"}}));
  });
  server.start();
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> args{"logs", "{app=\"pay\"}", "-o", "raw"};
    args.insert(args.end(), more.begin(), more.end());
    return server.run(args);
  };
  CHECK(run({"-i", "b", "--include", "x"}).out == "abcabc\nab\nx\n");
  CHECK(run({"-i", "b", "-e", "c"}).out == "ab\n");
  CHECK(run({"-i", "nothing", "--exit-status"}).code == 1);
  CHECK(run({"-i", "("}).code == 2);
  const auto marked = server.run(
      {"logs", "{app=\"pay\"}", "--no-labels", "--colored-output", "-H", "bc", "-i", "c"});
  CHECK(has(marked.out, " a\x1b[1mbc\x1b[0ma\x1b[1mbc\x1b[0m\n"));
  CHECK(has(server.run({"logs", "{app=\"pay\"}", "--no-labels", "-H", "bc"}).out, " abcabc\n"));
  // What matches nothing at all marks nothing, and ends.
  CHECK(has(server.run({"logs", "{app=\"pay\"}", "--colored-output", "-H", "z*"}).out, "abcabc"));
}

TEST_CASE("where a half-written selector can be completed") {
  using Kind = CompletionPlace::Kind;
  const auto place = [](std::string_view text) { return completion_place(text); };
  CHECK(place("{").kind == Kind::name);
  CHECK(place("{ap").started == "ap");
  CHECK(place("{app=\"web\", po").before == "{app=\"web\", ");
  CHECK(place("{app=\"we").kind == Kind::value);
  CHECK(place("{app=\"we").label == "app");
  CHECK(place("{app=\"we").started == "we");
  CHECK(place("{a=\"x,y{\", b=~\"").label == "b");
  CHECK(place("{app=").kind == Kind::none);
  CHECK(place("{app=\"web\"}").kind == Kind::none);
  CHECK(place("plain").kind == Kind::none);
  CHECK(completions(place("{app=\"we"), {"web", "db", "west"}) ==
        std::vector<std::string>{"{app=\"web\"", "{app=\"west\""});
}

TEST_CASE("completion asks the server once a minute") {
  const TempDir cache;
  ::setenv("XDG_CACHE_HOME", cache.path().c_str(), 1);
  FakeServer server;
  server.answer("GET", "/loki/api/v1/labels", 200, R"({"data":["app","pod"]})");
  server.answer("GET", "/loki/api/v1/label/app/values", 200, R"({"data":["web","db"]})");
  server.start();
  CHECK(server.run({"complete", "{p"}).out == "{pod=\n");
  CHECK(server.run({"complete", "{"}).out == "{app=\n{pod=\n");
  CHECK(server.run({"complete", "{app=\"w"}).out == "{app=\"web\"\n");
  CHECK(server.run({"complete", "--kind", "name", "a"}).out == "app\n");
  CHECK(server.run({"complete", "{app="}).out.empty());
  CHECK(server.requests().size() == 2);
  ::unsetenv("XDG_CACHE_HOME");
}

namespace {

// An answer sent while its query runs: a frame per slice, then the rest.
Response answer_frames(const std::vector<std::string>& frames, const std::string& last) {
  Response response;
  response.headers.set("Content-Type", "application/x-ndjson");
  response.stream = [pieces = frames, last,
                     n = std::size_t{0}]() mutable -> Result<std::optional<std::string>> {
    if (n < pieces.size()) return std::optional(pieces[n++]);
    if (n++ == pieces.size()) return std::optional(last);
    return std::optional<std::string>();
  };
  return response;
}

std::string frame(const std::string& ns, const std::string& line) {
  return json({{"streams", json::array({stream_of({{ns, line}})})}}).dump() + "\n";
}

constexpr const char* end_of_answer =
    R"({"status":"success","warnings":["look"],"data":{"resultType":"streams","result":[]}})"
    "\n";

}  // namespace

TEST_CASE("logs prints what a server sends line by line, cut anywhere") {
  FakeServer server;
  const std::string first = frame("1767323043000000000", "new");
  const std::string second = frame("1767323042000000000", "old");
  server.on("GET", "/loki/api/v1/query_range", [&](Request& r) {
    CHECK(has(std::string(r.headers.get("Accept")), "application/x-ndjson"));
    return answer_frames(
        {first.substr(0, 20), first.substr(20) + second.substr(0, 5), second.substr(5)},
        end_of_answer);
  });
  server.start();
  const auto outcome = server.run({"logs", "{app=\"pay\"}", "-o", "raw"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "new\nold\n");
  CHECK(has(outcome.err, "warning: look"));
}

TEST_CASE("logs keeps what came before a query failed, and says why it did") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [&](Request&) {
    return answer_frames({frame("1767323043000000000", "new")},
                         R"({"status":"error","code":504,"error":"request timed out"})"
                         "\n");
  });
  server.start();
  const auto outcome = server.run({"logs", "{app=\"pay\"}", "-o", "raw"});
  CHECK(outcome.out == "new\n");
  CHECK(has(outcome.err, "request timed out"));
  CHECK(outcome.code == 5);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("logs asks again while a server is busy, but not after lines came") {
  FakeServer server;
  int asked = 0;
  server.on("GET", "/loki/api/v1/query_range", [&](Request&) {
    if (++asked == 1) return Response::text(503, "busy\n");
    return answer_frames({frame("1767323043000000000", "new")}, end_of_answer);
  });
  server.start();
  const auto outcome = server.run({"logs", "{app=\"pay\"}", "-o", "raw"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "new\n");
  CHECK(asked == 2);
}
