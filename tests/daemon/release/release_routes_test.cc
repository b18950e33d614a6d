#include "daemon/release/routes.h"
#include "tests/daemon/release/gate_fixture.h"

namespace sluice::release::test {
namespace {

struct Api {
  Gates g;
  http::Router router;
  Api() {
    add_deployment_routes(router, *g.deployments);
    add_gate_routes(router, *g.manager);
  }
  http::Response call(const std::string& method, const std::string& path, std::string body = "") {
    http::Request request;
    request.method = method;
    const auto question = path.find('?');
    request.path = path.substr(0, question);
    request.target = path;
    if (question != std::string::npos)
      request.query = http::Params::parse(path.substr(question + 1));
    request.body = std::move(body);
    return router.dispatch(std::move(request));
  }
  std::string create_gate() {
    const auto response =
        call("POST", "/api/v1/gates", R"({"service":"shop","version":"B","baseline":"A"})");
    CHECK(response.status == 202);
    const auto at = response.body.find("g-");
    return response.body.substr(at, 18);
  }
};

}  // namespace

TEST_CASE("deployments over HTTP", "[api]") {
  Api api;
  const auto made =
      api.call("POST", "/api/v1/deployments", R"({"service":"shop","env":"prod","version":"1"})");
  CHECK(made.status == 201);
  CHECK(made.body.find(R"("status":"running")") != std::string::npos);
  const std::string id = made.body.substr(made.body.find("d-"), 18);
  CHECK(api.call("POST", "/api/v1/deployments", R"({"service":"shop","env":"prod","version":"1"})")
            .status == 200);
  CHECK(api.call("GET", "/api/v1/deployments/" + id).body == made.body);
  const auto done = api.call("PATCH", "/api/v1/deployments/" + id, R"({"status":"failed"})");
  CHECK(done.status == 200);
  CHECK(done.body.find(R"("status":"failed")") != std::string::npos);
  CHECK(api.call("POST", "/api/v1/deployments/" + id + "/finish").status == 409);
  CHECK(api.call("GET", "/api/v1/deployments?service=shop&status=failed").body ==
        "{\"deployments\":[" + done.body + "]}");
  CHECK(api.call("GET", "/api/v1/deployments?service=other").body == "{\"deployments\":[]}");
  CHECK(api.call("GET", "/api/v1/deployments/d-none").status == 404);
}

TEST_CASE("bad bodies are refused with the reason", "[api]") {
  Api api;
  auto error = [&](const std::string& path, const std::string& body) {
    const auto response = api.call("POST", path, body);
    CHECK(response.status == 400);
    return response.body;
  };
  CHECK(error("/api/v1/deployments", "nonsense").find("not a JSON object") != std::string::npos);
  CHECK(error("/api/v1/deployments", R"({"servce":"x"})").find("unknown member") !=
        std::string::npos);
  CHECK(error("/api/v1/deployments", R"({"service":7,"version":"1"})").find("must be a string") !=
        std::string::npos);
  CHECK(error("/api/v1/gates", R"({"service":"shop","version":"B","baseline":"A","window":"x"})")
            .find("window") != std::string::npos);
  CHECK(error("/api/v1/gates", R"({"service":"shop","version":"B","on_fail":"panic"})")
            .find("on_fail") != std::string::npos);
  CHECK(api.call("GET", "/api/v1/gates?limit=0").status == 400);
}

TEST_CASE("a gate's verdict by status code", "[api]") {
  Api api;
  api.g.logs("A", 0, 60, 20);
  SECTION("pass is 200") {
    api.g.logs("B", 0, 60, 20);
    const auto id = api.create_gate();
    const auto running = api.call("GET", "/api/v1/gates/" + id + "/verdict");
    CHECK(running.status == 503);
    CHECK(running.headers.get("Retry-After") == "10");
    CHECK(running.body == "{\"id\":\"" + id + "\",\"verdict\":\"running\",\"reason\":\"\"}");
    api.g.until(1, 70);
    const auto verdict = api.call("GET", "/api/v1/gates/" + id + "/verdict");
    CHECK(verdict.status == 200);
    CHECK(verdict.body.find("\"verdict\":\"pass\"") != std::string::npos);
    CHECK(api.call("GET", "/api/v1/gates/" + id + "/argo").body ==
          R"({"verdict":"pass","pass":true,"score":100,"value":1,"reason":"all 2 checks passed",)"
          R"("state":"done"})");
  }
  SECTION("everything else is 409, and 200 for Argo") {
    const auto id = api.create_gate();
    api.g.until(1, 100);
    CHECK(api.call("GET", "/api/v1/gates/" + id + "/verdict").status == 409);
    const auto argo = api.call("GET", "/api/v1/gates/" + id + "/argo");
    CHECK(argo.status == 200);
    CHECK(argo.body.find("\"verdict\":\"no_data\"") != std::string::npos);
  }
}

TEST_CASE("gates are shown and listed", "[api]") {
  Api api;
  const auto id = api.create_gate();
  const auto shown = api.call("GET", "/api/v1/gates/" + id);
  CHECK(shown.status == 200);
  CHECK(shown.body == encode(api.g.gate(id)));
  CHECK(api.call("GET", "/api/v1/gates?state=running").body == "{\"gates\":[" + shown.body + "]}");
  CHECK(api.call("GET", "/api/v1/gates?state=done").body == "{\"gates\":[]}");
  CHECK(api.call("GET", "/api/v1/gates/g-none").status == 404);
  CHECK(api.call("GET", "/api/v1/gates/g-none/argo").status == 404);
}

}  // namespace sluice::release::test
