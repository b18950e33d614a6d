#include "daemon/api/ui/ui_routes.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>

#include "base/codec/compress.h"
#include "dashboards/assets.h"

namespace sluice::api {
namespace {

struct Site {
  http::Router router;
  Site() {
    router.add("GET", "/api/v1/known", {},
               [](http::Request&) { return http::Response::text(200, "x"); });
    add_ui_routes(router);
  }

  http::Response get(const std::string& path, http::Headers headers = {},
                     std::string method = "GET") {
    http::Request request;
    request.method = std::move(method);
    request.path = path;
    request.target = path;
    request.headers = std::move(headers);
    return router.dispatch(std::move(request));
  }
};

http::Headers header(std::string_view name, std::string_view value) {
  http::Headers headers;
  headers.set(name, value);
  return headers;
}

const dashboards::Asset& script() {
  for (const auto& asset : dashboards::assets()) {
    if (asset.path.ends_with(".js")) return asset;
  }
  throw std::runtime_error("no script is embedded");
}

bool is_page(const http::Response& response) {
  return response.status == 200 && response.body.find("<div id=\"app\">") != std::string::npos;
}

}  // namespace

TEST_CASE("the page is served at the root and at each address of the UI") {
  Site site;
  for (const char* path : {"/", "/index.html", "/logs", "/graph", "/alerts", "/releases"}) {
    INFO(path);
    CHECK(is_page(site.get(path)));
  }
}

TEST_CASE("addresses of APIs and missing files never get the page") {
  Site site;
  const char* paths[] = {"/api",          "/api/v1/unknown", "/loki/api/v1/nothing", "/loki",
                         "/-/unknown",    "/-",              "/metrics/x",           "/metrics",
                         "/otlp/v1/logs", "/assets/gone.js", "/favicon.ico",         "/a/b",
                         "/logs/deep",    "/assets/",        "//",                   "/.."};
  for (const char* path : paths) {
    INFO(path);
    const auto response = site.get(path);
    CHECK(response.status == 404);
    CHECK(response.headers.get("Content-Type").starts_with("application/json"));
  }
  CHECK(site.get("/api/v1/known").body == "x");
}

TEST_CASE("only reading is allowed") {
  Site site;
  CHECK(site.get("/logs", {}, "POST").status == 404);
  CHECK(site.get("/logs", {}, "HEAD").status == 200);
}

TEST_CASE("who takes gzip gets the stored bytes, others get them inflated") {
  Site site;
  const std::string path{script().path};
  const auto zipped = site.get(path, header("Accept-Encoding", "gzip, br"));
  CHECK(zipped.headers.get("Content-Encoding") == "gzip");
  CHECK(zipped.body == script().gzip);
  const auto plain = site.get(path);
  CHECK_FALSE(plain.headers.has("Content-Encoding"));
  CHECK(plain.body == gzip_decompress(zipped.body, 10 << 20).value());
  CHECK(plain.body.size() == script().size);
  CHECK(plain.headers.get("Vary") == "Accept-Encoding");
}

TEST_CASE("hashed names are kept for ever, the page is asked for anew") {
  Site site;
  CHECK(site.get(std::string(script().path)).headers.get("Cache-Control") ==
        "public, max-age=31536000, immutable");
  const auto page = site.get("/logs");
  CHECK(page.headers.get("Cache-Control") == "no-cache");
  const std::string etag{page.headers.get("ETag")};
  CHECK(etag.size() > 4);
  const std::string known[] = {etag, "W/" + etag, "\"other\", " + etag, "*"};
  for (const auto& value : known) {
    INFO(value);
    const auto again = site.get("/logs", header("If-None-Match", value));
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.headers.get("ETag") == etag);
  }
  CHECK(site.get("/logs", header("If-None-Match", "\"other\"")).status == 200);
}

TEST_CASE("every answer carries the policy that forbids foreign and inline scripts") {
  Site site;
  for (const auto& asset : dashboards::assets()) {
    const auto response = site.get(std::string(asset.path));
    INFO(asset.path);
    CHECK(response.status == 200);
    CHECK(response.headers.get("Content-Security-Policy").starts_with("default-src 'self'"));
    CHECK(response.headers.get("X-Content-Type-Options") == "nosniff");
    CHECK(response.headers.get("Content-Type") == asset.content_type);
  }
}

TEST_CASE("the page asks for nothing that is not embedded, and for nothing inline") {
  Site site;
  const std::string page = site.get("/").body;
  std::size_t references = 0;
  for (const std::string attribute : {"src=\"./", "href=\"./"}) {
    auto at = page.find(attribute);
    for (; at != std::string::npos; at = page.find(attribute, at + 1)) {
      const auto begin = at + attribute.size();
      const std::string path = "/" + page.substr(begin, page.find('"', begin) - begin);
      INFO(path);
      CHECK(dashboards::find_asset(path) != nullptr);
      ++references;
    }
  }
  CHECK(references >= 3);
  CHECK(page.find("<style") == std::string::npos);
  CHECK(page.find("<script>") == std::string::npos);
}

TEST_CASE("the first load stays within its budget") {
  std::size_t compressed = 0;
  for (const auto& asset : dashboards::assets()) compressed += asset.gzip.size();
  CHECK(compressed <= 90 * 1024);
}

}  // namespace sluice::api
