// The fetcher against a real server: what it sends, what it takes, what it refuses.
#include "base/scrape/fetcher.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "base/http/server.h"
#include "base/runtime/io_runtime.h"
#include "tests/base/http/test_server.h"

namespace sluice::scrape {
namespace {

// A target whose pages are handlers; what it was last asked with is kept.
class ModelTarget {
 public:
  explicit ModelTarget(const std::map<std::string, http::Handler>& pages) : runtime_(options()) {
    for (const auto& [path, handler] : pages)
      router_.add("GET", path, {}, [this, handler = handler](http::Request& request) {
        last = request.headers;
        return handler(request);
      });
    server_ =
        http::make_server(runtime_, router_, metrics_, http::test::TestServer::quick_options());
    REQUIRE(bool(server_->start()));
  }

  Result<Fetched> fetch(const JobConfig& job, const std::string& path,
                        Duration timeout = std::chrono::seconds(30)) {
    Target target;
    target.url = "http://127.0.0.1:" + std::to_string(server_->port()) + path;
    target.interval = target.timeout = timeout;
    Bounds bounds;
    bounds.body_bytes = 100'000;
    return make_http_fetcher(runtime_, job, bounds, "Sluice/1")->fetch(target, {});
  }
  std::uint16_t port() const { return server_->port(); }

  http::Headers last;

 private:
  static RuntimeOptions options() {
    RuntimeOptions out;
    out.io_threads = 1;
    out.commit_threads = 1;
    return out;
  }

  Metrics metrics_;
  IoRuntime runtime_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

http::Response page(std::string body) {
  auto response = http::Response::text(200, std::move(body));
  response.headers.set("Content-Type", "text/plain; version=0.0.4");
  return response;
}

http::Response redirect(const std::string& to) {
  http::Response response;
  response.status = 302;
  response.headers.set("Location", to);
  return response;
}

std::map<std::string, http::Handler> pages() {
  return {{"/metrics", [](http::Request&) { return page("a 1\n"); }},
          {"/long", [](http::Request&) { return page(std::string(50'000, '#')); }},
          {"/longer", [](http::Request&) { return page(std::string(200'000, '#')); }},
          {"/moved", [](http::Request&) { return redirect("/metrics"); }},
          {"/round", [](http::Request&) { return redirect("/round"); }}};
}

}  // namespace

TEST_CASE("a target is asked with Prometheus' headers", "[fetcher]") {
  ModelTarget target(pages());
  const auto fetched = target.fetch({}, "/metrics", std::chrono::milliseconds(2'500));
  REQUIRE(bool(fetched));
  CHECK(fetched->body == "a 1\n");
  CHECK(fetched->content_type == "text/plain; version=0.0.4");
  CHECK(target.last.get("Accept").starts_with("application/openmetrics-text;version=1.0.0"));
  CHECK(target.last.get("Accept-Encoding") == "gzip");
  CHECK(target.last.get("User-Agent") == "Sluice/1");
  CHECK(target.last.get("X-Prometheus-Scrape-Timeout-Seconds") == "2.5");
  CHECK(target.last.get("Authorization").empty());
}

TEST_CASE("compressed bodies are decompressed, and bounded as what they are then", "[fetcher]") {
  ModelTarget target(pages());
  CHECK(target.fetch({}, "/long")->body.size() == 50'000);
  CHECK(target.fetch({}, "/longer").error().message == "body size limit exceeded");
  JobConfig job;
  job.limits.body_size = 40'000;
  CHECK(target.fetch(job, "/long").error().code == ErrorCode::too_large);
  job.http.compression = false;
  CHECK(target.fetch(job, "/long").error().code == ErrorCode::too_large);
  CHECK(target.last.get("Accept-Encoding") == "identity");
}

TEST_CASE("credentials come from the configuration or from files", "[fetcher]") {
  ModelTarget target(pages());
  JobConfig job;
  job.http.basic_auth = true;
  job.http.username.text = "me";
  job.http.password.text = "secret";
  REQUIRE(bool(target.fetch(job, "/metrics")));
  CHECK(target.last.get("Authorization") == "Basic bWU6c2VjcmV0");

  const std::string path = std::filesystem::temp_directory_path() / "sluice-fetcher-test-token";
  std::ofstream(path) << "token\n";
  JobConfig other;
  other.http.authorization_type = "Bearer";
  other.http.credentials.file = path;
  other.http.headers = {{"X-One", {"two", ""}}};
  REQUIRE(bool(target.fetch(other, "/metrics")));
  CHECK(target.last.get("Authorization") == "Bearer token");
  CHECK(target.last.get("X-One") == "two");
  std::filesystem::remove(path);
  CHECK(target.fetch(other, "/metrics").error().message == "unable to read file " + path);
}

TEST_CASE("redirects are followed, ten at most, and credentials stay with the target",
          "[fetcher]") {
  ModelTarget other(pages());
  auto more = pages();
  more["/away"] = [&](http::Request&) {
    return redirect("http://127.0.0.1:" + std::to_string(other.port()) + "/metrics");
  };
  ModelTarget target(more);
  JobConfig job;
  job.http.authorization_type = "Bearer";
  job.http.credentials.text = "token";
  CHECK(target.fetch(job, "/moved")->body == "a 1\n");
  CHECK(target.last.get("Authorization") == "Bearer token");
  CHECK(target.fetch(job, "/away")->body == "a 1\n");
  CHECK(other.last.get("Authorization").empty());
  CHECK(target.fetch(job, "/round").error().message.find("stopped after 10 redirects") !=
        std::string::npos);
  job.http.follow_redirects = false;
  CHECK(target.fetch(job, "/moved").error().message == "server returned HTTP status 302 Found");
}

TEST_CASE("what is not a page is an error that says why", "[fetcher]") {
  ModelTarget target(pages());
  CHECK(target.fetch({}, "/nowhere").error().message ==
        "server returned HTTP status 404 Not Found");
  Target nobody;
  nobody.url = "http://127.0.0.1:1/metrics";
  nobody.timeout = std::chrono::seconds(30);
  IoRuntime runtime({});
  const auto refused = make_http_fetcher(runtime, {}, {}, "x")->fetch(nobody, {});
  CHECK(refused.error().message.starts_with("Get \"http://127.0.0.1:1/metrics\": "));
}

}  // namespace sluice::scrape
