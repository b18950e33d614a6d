// The client as a whole against a fake server: arguments in, output and exit code out.
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/query/cli/fake_server.h"
#include "tests/support/temp_dir.h"

using namespace sluice;
using namespace sluice::query::cli::test;
using http::Request;
using http::Response;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string streams(const std::string& values) {
  return R"({"status":"success","data":{"resultType":"streams","result":[{"stream":{"app":"pay"},)"
         R"("values":[)" +
         values + "]}]}}";
}

}  // namespace

TEST_CASE("wrong usage is exit 2 and says what was meant") {
  struct Case {
    std::vector<std::string> args;
    const char* said;
  };
  const Case cases[] = {
      {{}, "subcommand is required"},
      {{"lgos"}, "did you mean logs?"},
      {{"logs"}, "query is required"},
      {{"logs", "{}", "--limt", "3"}, "did you mean --limit?"},
      {{"logs", "{}", "-n", "many"}, "many"},
      {{"logs", "{}", "-o", "xml"}, "none of default, raw, jsonl, json, logfmt, csv"},
      {{"logs", "{}", "--since", "soon"}, "\"soon\" is not a duration"},
      {{"metric", "up", "-o", "xml"}, "none of table, json, csv, chart"},
      {{"gate", "run", "--service", "a"}, "--version is required"},
      {{"gate", "run", "--service", "a", "--version", "1", "--on-fail", "panic"}, "panic"},
      {{"gate", "run", "--service", "a", "--version", "1", "--window", "x"}, "not a duration"},
      {{"release"}, "subcommand is required"},
      {{"api", "GET", "path"}, "must begin with /"},
      {{"push"}, "--label"},
      {{"push", "--label", "9=x"}, "name=value"},
  };
  for (const auto& [args, said] : cases) {
    CAPTURE(args);
    const auto outcome = run_alone(args);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, said));
  }
}

TEST_CASE("help is data: on standard output, with exit 0, and with examples") {
  CHECK(contains(run_alone({"--help"}).out, "SLUICE_ADDR"));
  CHECK(contains(run_alone({"--help"}).out, "Usage: sluice [OPTIONS]"));
  CHECK(contains(run_alone({"gate", "run", "--help"}).out, "Usage: sluice gate run [OPTIONS]"));
  CHECK(contains(run_alone({"help", "gate", "run"}).out, "Usage: sluice gate run [OPTIONS]"));
  for (const auto* command :
       {"logs", "tail", "context", "patterns", "export", "labels", "series", "push", "metric",
        "alerts", "rules", "check", "release", "gate", "api", "completion", "help", "version"}) {
    CAPTURE(command);
    const auto outcome = run_alone({command, "--help"});
    CHECK(outcome.code == 0);
    CHECK(contains(outcome.out, "Examples:"));
    CHECK(contains(run_alone({"help", command}).out, "Examples:"));
  }
  CHECK(contains(run_alone({"help", "exit-codes"}).out, "rollback failed"));
  CHECK(contains(run_alone({"help", "gate", "run"}).out, "--on-fail"));
  CHECK(run_alone({"help", "nonsense"}).code == 2);
  CHECK(contains(run_alone({"version"}).out, "sluice "));
}

TEST_CASE("the completion script knows commands and flags, and bash accepts it") {
  const auto outcome = run_alone({"completion", "bash"});
  CHECK(contains(outcome.out, "\"gate run\") words=\""));
  CHECK(contains(outcome.out, "--on-fail"));
  const TempDir dir;
  CHECK(std::system(("bash -n " + dir.write("script", outcome.out)).c_str()) == 0);
}

TEST_CASE("the scripts for zsh and fish know commands and flags") {
  const auto zsh = run_alone({"completion", "zsh"});
  CHECK(contains(zsh.out, "'gate run') reply=("));
  CHECK(contains(zsh.out, "--on-fail"));
  const auto fish = run_alone({"completion", "fish"});
  CHECK(contains(fish.out, "case 'gate run'"));
  CHECK(contains(fish.out, "--on-fail"));
  CHECK(run_alone({"completion", "tcsh"}).code == 2);
}

TEST_CASE("logs asks for what the flags say and prints the lines") {
  FakeServer server;
  server.answer("GET", "/loki/api/v1/query_range", 200,
                streams(R"(["1767323044000000000","two"],["1767323043000000000","one"])"));
  server.start();
  const auto outcome =
      server.run({"logs", "{app=\"pay\"}", "--since", "10m", "-n", "5", "--org-id", "team-a"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "2026-01-02T03:04:04.000Z {} two\n2026-01-02T03:04:03.000Z {} one\n");
  CHECK(outcome.err == "Common labels: {app=\"pay\"}\n");
  const Request request = server.requests().front();
  CHECK(request.query.get("query") == "{app=\"pay\"}");
  CHECK(request.query.get("limit") == "5");
  CHECK(request.query.get("direction") == "backward");
  CHECK(request.query.get("start") == "1767322445000000000");
  CHECK(request.query.get("end") == "1767323045000000000");
  CHECK(request.headers.get("X-Scope-OrgID") == "team-a");
}

TEST_CASE("logs formats: raw, jsonl, json") {
  FakeServer server;
  server.answer("GET", "/loki/api/v1/query_range", 200,
                streams(R"(["1767323044000000000","two"],["1767323043000000000","one"])"));
  server.start();
  CHECK(server.run({"logs", "{}", "-o", "raw"}).out == "two\none\n");
  CHECK(server.run({"logs", "{}", "-o", "jsonl"}).out ==
        R"({"labels":{"app":"pay"},"line":"two","timestamp":"2026-01-02T03:04:04Z"})"
        "\n"
        R"({"labels":{"app":"pay"},"line":"one","timestamp":"2026-01-02T03:04:03Z"})"
        "\n");
  CHECK(server.run({"logs", "{}", "-o", "json", "--no-labels"}).out ==
        R"([{"line":"two","timestamp":"2026-01-02T03:04:04Z"},)"
        "\n"
        R"({"line":"one","timestamp":"2026-01-02T03:04:03Z"}])"
        "\n");
  CHECK(server.run({"logs", "{}", "--include-common-labels", "-q"}).out.find("{app=") !=
        std::string::npos);
}

TEST_CASE("logs pages through a range past the batch size") {
  FakeServer server;
  server.on("GET", "/loki/api/v1/query_range", [](Request& r) {
    // 10 lines, two at each of 5 timestamps.
    const long start = std::stol(r.query.get_or("start", "0"));
    const auto limit = std::stoul(r.query.get_or("limit", "0"));
    std::string values;
    std::size_t n = 0;
    for (long i = 0; i < 10 && n < limit; ++i) {
      const long ns = 1'767'323'000'000'000'000 + i / 2;
      if (ns < start) continue;
      values += (n++ > 0 ? "," : "") + std::string("[\"") + std::to_string(ns) + "\",\"line " +
                std::to_string(i) + "\"]";
    }
    return Response::json(200, streams(values));
  });
  server.start();
  const auto outcome =
      server.run({"logs", "{}", "-n", "0", "--batch", "3", "--forward", "-o", "raw"});
  std::string expected;
  for (int i = 0; i < 10; ++i) expected += "line " + std::to_string(i) + "\n";
  CHECK(outcome.out == expected);
  CHECK(server.requests().size() > 2);
}

TEST_CASE("nothing found is exit 0, or 1 with --exit-status") {
  FakeServer server;
  server.answer("GET", "/loki/api/v1/query_range", 200, streams(""));
  server.start();
  CHECK(server.run({"logs", "{}"}).code == 0);
  CHECK(server.run({"logs", "{}", "--exit-status"}).code == 1);
  CHECK(server.run({"logs", "{}", "-o", "json"}).out == "[]\n");
}

TEST_CASE("errors of the server are told in its words, with the code they deserve") {
  const std::tuple<int, const char*, const char*, int> cases[] = {
      {400, R"({"status":"error","error":"1:5: no such function"})", "1:5: no such function", 2},
      {400, "parse error at line 1\n", "parse error at line 1", 2},
      {401, "{}", "token", 4},
      {403, R"({"message":"not yours"})", "not yours", 4},
      {500, "", "answered 500", 5},
      {200, "<html>", "not JSON", 5},
      {200, "{}", "no data", 5}};
  for (const auto& [status, body, said, code] : cases) {
    CAPTURE(status, body);
    FakeServer server;
    server.answer("GET", "/loki/api/v1/query_range", status, body);
    server.start();
    const auto outcome = server.run({"logs", "{}"});
    CHECK(outcome.code == code);
    CHECK(contains(outcome.err, said));
  }
}

TEST_CASE("an unreachable server is exit 5 and is named") {
  const auto outcome = run_alone({"labels", "--addr", "http://127.0.0.1:1"});
  CHECK(outcome.code == 5);
  CHECK(contains(outcome.err, "127.0.0.1:1"));
}

TEST_CASE("a busy server is asked again") {
  FakeServer server;
  auto calls = std::make_shared<std::atomic<int>>(0);
  server.on("GET", "/loki/api/v1/labels", [calls](Request&) {
    return ++*calls < 3 ? Response::json(503, "{}") : Response::json(200, R"({"data":["a","b"]})");
  });
  server.start();
  const auto outcome = server.run({"labels"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "a\nb\n");
}

TEST_CASE("label values, series and their analysis") {
  FakeServer server;
  server.answer("GET", "/loki/api/v1/label/{name}/values", 200, R"({"data":["x"]})");
  server.answer("GET", "/loki/api/v1/series", 200,
                R"({"data":[{"app":"b"},{"app":"a","env":"prod"}]})");
  server.start();
  CHECK(server.run({"labels", "app"}).out == "x\n");
  CHECK(server.requests().back().path_params.at("name") == "app");
  CHECK(server.run({"series", "{app=~\".+\"}"}).out == "{app=\"a\", env=\"prod\"}\n{app=\"b\"}\n");
  CHECK(server.requests().back().query.get("match[]") == "{app=~\".+\"}");
  CHECK(contains(server.run({"series", "--analyze-labels"}).out, "app    2       2"));
}

TEST_CASE("metric evaluates once or over a range") {
  FakeServer server;
  server.answer("GET", "/api/v1/query", 200,
                R"({"status":"success","warnings":["half blind"],"data":{"resultType":"vector",)"
                R"("result":[{"metric":{"job":"a"},"value":[1767323045,"1.5"]}]}})");
  server.answer("GET", "/api/v1/query_range", 200,
                R"({"status":"success","data":{"resultType":"matrix","result":[]}})");
  server.start();
  const auto once = server.run({"metric", "up"});
  CHECK(once.out == "VALUE  SERIES\n1.5    {job=\"a\"}\n");
  CHECK(contains(once.err, "half blind"));
  CHECK(server.requests().back().query.get("time") == "2026-01-02T03:04:05Z");
  const auto range = server.run({"metric", "up", "--range", "2h", "--step", "1m"});
  CHECK(range.code == 0);
  CHECK(contains(range.err, "no series"));
  CHECK(server.requests().back().query.get("start") == "2026-01-02T01:04:05Z");
  CHECK(server.requests().back().query.get("step") == "60.000000");
  CHECK(server.run({"metric", "up", "--range", "2h", "--exit-status"}).code == 1);
}

TEST_CASE("push stores lines and counts them") {
  FakeServer server;
  server.on("POST", "/loki/api/v1/push", [](Request&) { return Response::no_content(); });
  server.start();
  const auto outcome =
      server.run({"push", "--label", "job=ci", "-l", "branch=main", "--echo"}, "one\ntwo\n");
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "one\ntwo\n");
  CHECK(outcome.err == "2 lines stored\n");
  std::string bodies;
  for (const auto& request : server.requests()) bodies += request.body;
  CHECK(contains(bodies, R"("stream":{"branch":"main","job":"ci"})"));
  CHECK(contains(bodies, R"("one"])"));
}

TEST_CASE("push tries again when the server is busy, and says what it could not store") {
  FakeServer server;
  auto calls = std::make_shared<std::atomic<int>>(0);
  server.on("POST", "/loki/api/v1/push", [calls](Request&) {
    return ++*calls < 3 ? Response::json(429, "{}") : Response::no_content();
  });
  server.start();
  CHECK(server.run({"push", "-l", "job=ci", "-"}, "one\n").code == 0);
  FakeServer refusing;
  refusing.answer("POST", "/loki/api/v1/push", 400, R"({"error":"label too long"})");
  refusing.start();
  const auto outcome = refusing.run({"push", "-l", "job=ci"}, "one\n");
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "0 lines were stored"));
  CHECK(contains(outcome.err, "label too long"));
}

TEST_CASE("tail prints what comes, reconnects behind the last line, and ends with Ctrl-C") {
  FakeServer server;
  auto connections = std::make_shared<std::atomic<int>>(0);
  auto starts = std::make_shared<std::vector<std::string>>();
  server.on_socket(
      "/loki/api/v1/tail",
      [&server, connections, starts](
          Request& r, std::shared_ptr<http::WebSocket> socket) -> Result<std::function<void()>> {
        starts->push_back(r.query.get_or("start", ""));
        const auto message = [](const std::string& values) {
          return R"({"streams":[{"stream":{"app":"pay"},"values":[)" + values + "]}]}";
        };
        if (++*connections == 1) {
          socket->send(message(R"(["1","a"],["2","b"])"));
          socket->close(1011, "restarting");
        } else {
          socket->send(message(R"(["2","b"],["2","c"])"));
          socket->send(R"({"streams":[],"dropped_entries":[{"labels":{},"timestamp":"3"}]})");
          std::thread([&server] { server.interrupt.request_stop(); }).join();
        }
        return std::function<void()>([] {});
      });
  server.start();
  const auto outcome = server.run({"tail", "{app=\"pay\"}", "-o", "raw"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("a\nb\n"));
  CHECK(contains(outcome.err, "connecting again"));
  REQUIRE(starts->size() == 2);
  CHECK(starts->at(1) == "2");
}

TEST_CASE("tail ends at a line that is waited for, or when time is up") {
  FakeServer server;
  server.on_socket(
      "/loki/api/v1/tail",
      [](Request&, std::shared_ptr<http::WebSocket> socket) -> Result<std::function<void()>> {
        socket->send(R"({"streams":[{"stream":{"app":"pay"},"values":)"
                     R"([["1","starting"],["2","ready on 80"],["3","later"]]}]})");
        return std::function<void()>([socket] {});
      });
  server.start();
  const auto found = server.run({"tail", "{app=\"pay\"}", "-o", "raw", "--until-match", "ready",
                                 "--timeout", "1h", "-e", "start|ready"});
  CHECK(found.code == 0);
  CHECK(found.out == "ready on 80\n");
  const auto late = server.run(
      {"logs", "{app=\"pay\"}", "-f", "-o", "raw", "--until-match", "never", "--timeout", "100ms"});
  CHECK(late.code == 124);
  CHECK(late.out == "starting\nready on 80\nlater\n");
  CHECK(server.run({"tail", "{app=\"pay\"}", "-o", "table"}).code == 2);
  CHECK(server.run({"tail", "{app=\"pay\"}", "--timeout", "soon"}).code == 2);
  CHECK(server.run({"tail", "{app=\"pay\"}", "--until-match", "("}).code == 2);
}

TEST_CASE("tail says why it was refused") {
  FakeServer server;
  server.on_socket("/loki/api/v1/tail",
                   [](Request&, std::shared_ptr<http::WebSocket>) -> Result<std::function<void()>> {
                     return invalid_argument("not a log query");
                   });
  server.start();
  const auto outcome = server.run({"tail", "rate({}[1m])"});
  CHECK(outcome.code == 2);
  CHECK(outcome.err == "sluice: not a log query\n");
}

TEST_CASE("alerts and rules") {
  FakeServer server;
  server.answer("GET", "/api/v1/alerts", 200,
                R"({"data":{"alerts":[{"labels":{"alertname":"Down"},"state":"firing"}]}})");
  server.answer("GET", "/api/v1/rules", 200, R"({"data":{"groups":[]}})");
  server.start();
  CHECK(contains(server.run({"alerts"}).out, "Down"));
  CHECK(server.run({"alerts", "--state", "pending", "--exit-status"}).code == 1);
  CHECK(server.run({"rules", "list"}).out == "no rules\n");
}

TEST_CASE("api passes through body and status") {
  FakeServer server;
  server.on("GET|POST", "/echo", [](Request& r) {
    return Response::text(r.query.has("fail") ? 409 : 200, r.method + " " + r.body);
  });
  server.start();
  CHECK(server.run({"api", "GET", "/echo"}).out == "GET ");
  CHECK(server.run({"api", "POST", "/echo", "-d", "-"}, "from stdin").out == "POST from stdin");
  const auto failed = server.run({"api", "GET", "/echo", "-f", "fail=a b"});
  CHECK(failed.code == 1);
  CHECK(failed.out == "GET ");
  CHECK(server.requests().back().query.get("fail") == "a b");
}

TEST_CASE("a token comes from its file and never from the command line") {
  const TempDir dir;
  const std::string path = dir.write("token", "secret\n");
  FakeServer server;
  server.answer("GET", "/loki/api/v1/labels", 200, R"({"data":[]})");
  server.start();
  CHECK(server.run({"labels", "--token-file", path}).code == 0);
  CHECK(server.requests().back().headers.get("Authorization") == "Bearer secret");
  dir.remove("token");
  CHECK(server.run({"labels", "--token-file", path}).code == 2);
}

namespace {

// A stand-in for the daemon: prints its arguments and exits as told.
class FakeDaemon {
 public:
  explicit FakeDaemon(int code) {
    dir_.write("daemon",
               "#!/bin/sh\necho \"$@\" > " + path + ".args\nexit " + std::to_string(code) + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  std::string arguments() const {
    const std::string text = dir_.read("daemon.args");
    return text.substr(0, text.find('\n'));
  }

 private:
  TempDir dir_;

 public:
  const std::string path = dir_ / "daemon";
};

}  // namespace

TEST_CASE("checks are the daemon's own, and a bad file is the answer no") {
  const FakeDaemon good(0);
  CHECK(run_alone({"check", "rules", "a.yaml", "b.yaml", "--sluiced", good.path}).code == 0);
  CHECK(good.arguments() == "--check-config --rules a.yaml b.yaml");
  const FakeDaemon bad(2);
  CHECK(run_alone({"check", "config", "c.yaml", "--sluiced", bad.path}).code == 1);
  CHECK(bad.arguments() == "--check-config --config.file c.yaml");
  const auto missing = run_alone({"check", "config", "c", "--sluiced", "/nonexistent/sluiced"});
  CHECK(missing.code == 2);
  CHECK(contains(missing.err, "cannot run /nonexistent/sluiced"));
  CHECK(run_alone({"check", "config", "a", "b"}).code == 2);
}

TEST_CASE("releases are told and listed") {
  FakeServer server;
  server.answer("POST", "/api/v1/deployments", 201, R"({"id":"d-1"})");
  server.answer("POST", "/api/v1/deployments/{id}/finish", 200,
                R"({"id":"d-1","service":"pay","version":"2","env":"prod","status":"failed"})");
  server.answer("GET", "/api/v1/deployments", 200, R"({"deployments":[{"id":"d-1"}]})");
  server.start();
  CHECK(server.run({"release", "start", "--service", "pay", "--version", "2"}).out == "d-1\n");
  CHECK(server.requests().back().body == R"({"service":"pay","version":"2"})");
  const auto finished = server.run({"release", "finish", "d-1", "--status", "failed"});
  CHECK(contains(finished.out, "pay 2 (prod)  failed"));
  CHECK(server.requests().back().body == R"({"status":"failed"})");
  CHECK(contains(server.run({"release", "list"}).out, "d-1"));
}
