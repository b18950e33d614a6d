#include <catch2/catch_test_macros.hpp>

#include "base/http/router.h"

using namespace sluice::http;

namespace {

Router table() {
  Router router;
  const auto say = [](std::string text) {
    return [text](Request&) { return Response::text(200, text); };
  };
  router.add("GET", "/", {}, say("root"));
  router.add("GET|POST", "/api/v1/query", {}, say("query"));
  router.add("GET", "/api/v1/label/{name}/values", {}, say("values"));
  router.add("GET", "/api/v1/label/__name__/values", {}, say("names"));
  router.add("GET", "/api/v1/label/__name__/special", {}, say("special"));
  router.add("DELETE", "/api/v1/label/{label}/values", {}, say("delete"));
  router.add("GET", "/files/{rest...}", {}, say("files"));
  router.add("GET", "/files/index", {}, say("index"));
  return router;
}

std::string body_of(const Router& router, std::string method, std::string path) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  return router.dispatch(std::move(request)).body;
}

}  // namespace

TEST_CASE("the most literal route wins") {
  const Router router = table();
  const std::pair<const char*, const char*> cases[] = {
      {"/", "root"},
      {"/api/v1/query", "query"},
      {"/api/v1/label/app/values", "values"},
      {"/api/v1/label/__name__/values", "names"},
      {"/api/v1/label/__name__/special", "special"},
      {"/files/index", "index"},
      {"/files/a/b/c.js", "files"},
      {"/files/", "files"},
  };
  for (const auto& [path, expected] : cases) {
    CAPTURE(path);
    CHECK(body_of(router, "GET", path) == expected);
  }
}

TEST_CASE("parameters carry what their segment held") {
  const Router router = table();
  CHECK(router.match("GET", "/api/v1/label/app/values").params.at("name") == "app");
  CHECK(router.match("DELETE", "/api/v1/label/app/values").params.at("label") == "app");
  CHECK(router.match("GET", "/files/a/b/c.js").params.at("rest") == "a/b/c.js");
}

TEST_CASE("unknown paths are 404, other methods 405 with Allow") {
  const Router router = table();
  for (const auto* path : {"/nope", "/api/v1", "/api/v1/query/", "/api/v1/label//values",
                           "/api/v1/label/a/b/values", "//"}) {
    CAPTURE(path);
    const auto match = router.match("GET", path);
    CHECK(match.route == nullptr);
    CHECK(match.status == 404);
  }
  const auto match = router.match("PUT", "/api/v1/query");
  CHECK(match.status == 405);
  CHECK(match.allow == "GET, POST");
}

TEST_CASE("HEAD finds the GET route") {
  CHECK(table().match("HEAD", "/api/v1/query").route != nullptr);
}

TEST_CASE("the fallback takes unknown paths only") {
  Router router = table();
  router.fallback({}, [](Request& r) { return Response::text(200, "ui " + r.path); });
  CHECK(body_of(router, "GET", "/app.js") == "ui /app.js");
  CHECK(body_of(router, "GET", "/api/v1/query") == "query");
  CHECK(router.match("PUT", "/api/v1/query").status == 405);
}
