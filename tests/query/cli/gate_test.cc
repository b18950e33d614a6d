// `sluice gate` against a fake server: what a pipeline sees.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/query/cli/fake_server.h"

using namespace sluice;
using namespace sluice::query::cli::test;
using http::Request;
using http::Response;
using nlohmann::json;

namespace {

json document(const char* state, const char* verdict, const char* rollback) {
  json gate{{"id", "g-1"},
            {"service", "pay"},
            {"env", "prod"},
            {"version", "2"},
            {"state", state},
            {"phase", state},
            {"timeout_seconds", 900},
            {"rollback", json{{"state", rollback}}}};
  if (*verdict != '\0') gate["verdict"] = verdict;
  return gate;
}

// A server that answers the start with 202 and then one document after the other, the last for
// ever.
class GateServer : public FakeServer {
 public:
  explicit GateServer(std::vector<json> documents) : documents_(std::move(documents)) {
    answer("POST", "/api/v1/gates", 202, documents_.front().dump());
    on("GET", "/api/v1/gates/{id}", [this](Request&) {
      const std::size_t i = std::min(polls_++, documents_.size() - 1);
      const json& d = documents_[i];
      return d.is_number() ? Response::json(d.get<int>(), "{}") : Response::json(200, d.dump());
    });
    start();
  }

  Outcome gate_run(std::vector<std::string> more = {}) {
    std::vector<std::string> args{"gate", "run", "--service", "pay", "--version", "2"};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }

 private:
  std::vector<json> documents_;
  std::size_t polls_ = 0;
};

}  // namespace

TEST_CASE("gate run exits as the gate ended") {
  const std::tuple<const char*, const char*, int> cases[] = {{"pass", "none", 0},
                                                             {"fail", "none", 1},
                                                             {"inconclusive", "none", 3},
                                                             {"no_data", "none", 3},
                                                             {"error", "none", 3},
                                                             {"fail", "rolled_back", 9},
                                                             {"fail", "rollback_failed", 10}};
  for (const auto& [verdict, rollback, code] : cases) {
    CAPTURE(verdict, rollback);
    GateServer server(std::vector<json>{document("running", "", "none"),
                                        document("running", verdict, "pending"),
                                        document("done", verdict, rollback)});
    const auto outcome = server.gate_run();
    CHECK(outcome.code == code);
    CHECK(outcome.out.find("pay 2") != std::string::npos);
    CHECK(outcome.err.find("running, verdict") != std::string::npos);
  }
}

TEST_CASE("gate run hands its flags to the server") {
  GateServer server(std::vector<json>{document("done", "pass", "none")});
  server.gate_run({"--env", "prod", "--baseline", "previous", "--policy", "canary", "--window",
                   "10m", "--interval", "30s", "--timeout", "15m", "--on-fail", "rollback",
                   "--on-inconclusive", "fail", "--key", "k"});
  const json body = json::parse(server.requests().front().body);
  CHECK(body == json{{"service", "pay"},
                     {"version", "2"},
                     {"env", "prod"},
                     {"baseline", "previous"},
                     {"policy", "canary"},
                     {"window", "10m"},
                     {"interval", "30s"},
                     {"timeout", "15m"},
                     {"on_fail", "rollback"},
                     {"on_inconclusive", "fail"},
                     {"key", "k"}});
}

TEST_CASE("a server that is away for a while is waited for, and told about once") {
  GateServer server(std::vector<json>{document("running", "", "none"), json(503), json(503),
                                      json(503), document("done", "pass", "none")});
  const auto outcome = server.gate_run();
  CHECK(outcome.code == 0);
  const auto first = outcome.err.find("still waiting");
  CHECK(first != std::string::npos);
  CHECK(outcome.err.find("still waiting", first + 1) == std::string::npos);
}

TEST_CASE("a server that stays away is exit 5, never a pass") {
  GateServer server(std::vector<json>{json(503)});
  const auto outcome = server.run({"gate", "wait", "g-1", "--unavailable-for", "30s"});
  CHECK(outcome.code == 5);
}

TEST_CASE("waiting too long is exit 124") {
  GateServer server(std::vector<json>{document("running", "", "none")});
  const auto outcome = server.run({"gate", "wait", "g-1", "--timeout", "0s"});
  CHECK(outcome.code == 124);
}

TEST_CASE("a gate nobody knows is wrong usage, not a failed release") {
  GateServer server(std::vector<json>{json(404)});
  CHECK(server.run({"gate", "wait", "g-2"}).code == 2);
  CHECK(server.run({"gate", "status", "g-2"}).code == 2);
  CHECK(server.run({"gate", "explain", "g-2"}).code == 2);
}

TEST_CASE("a refused start is told and is no verdict") {
  FakeServer server;
  server.answer("POST", "/api/v1/gates", 409, R"({"error":"the key belongs to another gate"})");
  server.start();
  const auto outcome = server.run({"gate", "start", "--service", "a", "--version", "1"});
  CHECK(outcome.code == 2);
  CHECK(outcome.err.find("another gate") != std::string::npos);
}

TEST_CASE("status says it in a line; its exit code tells the verdict only when asked") {
  GateServer server(std::vector<json>{document("done", "fail", "rolled_back")});
  const auto status = server.run({"gate", "status", "g-1"});
  CHECK(status.code == 0);
  CHECK(status.out == "FAIL pay 2 (prod), rolled back\n");
  CHECK(server.run({"gate", "status", "g-1", "--exit-status"}).code == 9);
  CHECK(json::parse(server.run({"gate", "explain", "g-1", "-o", "json"}).out)["id"] == "g-1");
}

TEST_CASE("start prints the id; list is a table") {
  GateServer server(std::vector<json>{document("running", "", "none")});
  CHECK(server.run({"gate", "start", "--service", "pay", "--version", "2"}).out == "g-1\n");
  FakeServer lists;
  lists.answer("GET", "/api/v1/gates", 200, R"({"gates":[{"id":"g-9","verdict":"pass"}]})");
  lists.start();
  CHECK(lists.run({"gate", "list", "--state", "done"}).out.find("g-9") != std::string::npos);
  CHECK(lists.requests().back().query.get("state") == "done");
}
