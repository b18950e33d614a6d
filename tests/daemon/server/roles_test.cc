// Who may ask what of a whole daemon, and that its answers about itself keep its secrets.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "daemon/server/config.h"
#include "daemon/server/daemon.h"
#include "tests/base/http/raw_client.h"
#include "tests/support/temp_dir.h"

namespace sluice::server {
namespace {

constexpr std::string_view config_with_secrets = R"(
http:
  listen: 127.0.0.1:0
  tokens:
    - {name: grafana, token: s3cret-read, role: read}
    - {name: agents, token: s3cret-ingest, role: ingest}
    - {name: ops, token: s3cret-admin, role: admin}
alerting:
  route: {receiver: page}
  receivers:
    - name: page
      webhook_configs: [{url: "http://127.0.0.1:1/s3cret-hook", headers: {X-Key: s3cret-header}}]
scrape_configs:
  - job_name: basic
    scrape_interval: 1s
    scrape_timeout: 1s
    basic_auth: {username: s3cret-user, password: s3cret-password}
    static_configs: [{targets: ["127.0.0.1:1"]}]
  - job_name: bearer
    scrape_interval: 1s
    scrape_timeout: 1s
    authorization: {credentials: s3cret-bearer}
    static_configs: [{targets: ["127.0.0.1:2"]}]
)";

class RunningFixture {
 public:
  RunningFixture() {
    DaemonOptions base;
    base.storage.path = dir_ / "data";
    auto options = load_config(dir_.write("sluiced.yaml", config_with_secrets), base);
    INFO((options ? std::string() : options.error().message));
    REQUIRE(options.has_value());
    auto started = Daemon::start(*options, system_clock(), [options] { return *options; });
    INFO((started ? std::string() : started.error().message));
    REQUIRE(started.has_value());
    daemon_ = std::move(*started);
  }
  http::test::RawResponse ask(const std::string& method, const std::string& path,
                              const std::string& role) {
    http::test::RawClient client(daemon_->port());
    std::string request = method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n";
    if (!role.empty()) request += "Authorization: Bearer s3cret-" + role + "\r\n";
    return client.ask(request + "\r\n");
  }
  int status(const std::string& method, const std::string& path, const std::string& role) {
    return ask(method, path, role).status;
  }

 private:
  TempDir dir_;
  std::unique_ptr<Daemon> daemon_;
};

}  // namespace

TEST_CASE_METHOD(RunningFixture, "what changes the daemon or shows its setup is for admins",
                 "[roles]") {
  const std::pair<const char*, const char*> routes[] = {
      {"GET", "/api/v1/status/config"},
      {"GET", "/api/v1/status/flags"},
      {"POST", "/api/v1/admin/tsdb/delete_series"},
      {"PUT", "/api/v1/admin/tsdb/delete_series"},
      {"GET", "/api/v1/admin/storage"},
      {"POST", "/api/v1/admin/backup"},
      {"POST", "/api/v1/admin/check"},
      {"POST", "/flush"},
      {"POST", "/-/reload"},
      {"PUT", "/-/reload"},
      {"POST", "/loki/api/v1/delete"},
      {"DELETE", "/loki/api/v1/delete"},
      {"POST", "/api/v1/deployments"},
      {"PATCH", "/api/v1/deployments/x"},
      {"POST", "/api/v1/gates"},
  };
  for (const auto& [method, path] : routes) {
    CAPTURE(method, path);
    CHECK(status(method, path, "") == 401);
    CHECK(status(method, path, "wrong") == 401);
    CHECK(status(method, path, "read") == 403);
    CHECK(status(method, path, "ingest") == 403);
    const int answered = status(method, path, "admin");
    CHECK(answered != 401);
    CHECK(answered != 403);
  }
}

TEST_CASE_METHOD(RunningFixture, "readers read and senders send, neither does the other's",
                 "[roles]") {
  for (const char* path : {"/api/v1/status/buildinfo", "/api/v1/status/tsdb", "/api/v1/targets",
                           "/api/v1/rules", "/metrics", "/loki/api/v1/labels"}) {
    CAPTURE(path);
    CHECK(status("GET", path, "") == 401);
    CHECK(status("GET", path, "ingest") == 403);
    CHECK(status("GET", path, "read") == 200);
  }
  for (const char* path : {"/loki/api/v1/push", "/api/v1/write"}) {
    CAPTURE(path);
    CHECK(status("POST", path, "") == 401);
    CHECK(status("POST", path, "read") == 403);
    CHECK(status("POST", path, "ingest") != 403);
  }
  CHECK(status("GET", "/-/healthy", "") == 200);
}

TEST_CASE_METHOD(RunningFixture, "answers about the daemon keep its secrets", "[roles]") {
  // The targets have failed by then, which is when an answer could say with what they were asked.
  for (int i = 0; i < 100; ++i) {
    if (ask("GET", "/api/v1/targets", "admin").body.find("\"down\"") != std::string::npos) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  for (const char* path :
       {"/api/v1/status/config", "/api/v1/status/flags", "/api/v1/targets", "/api/v1/scrape_pools",
        "/api/v1/status/runtimeinfo", "/api/v1/rules", "/metrics"}) {
    CAPTURE(path);
    const auto answer = ask("GET", path, "admin");
    CHECK(answer.status == 200);
    CHECK_FALSE(answer.body.empty());
    CHECK(answer.body.find("s3cret") == std::string::npos);
    for (const char* encoded : {"czNjcmV0", "s3cret-user:"})  // as Basic has it
      CHECK(answer.body.find(encoded) == std::string::npos);
  }
  const auto targets = ask("GET", "/api/v1/targets", "admin").body;
  CHECK(targets.find("\"scrapePool\":\"basic\"") != std::string::npos);
  CHECK(targets.find("\"down\"") != std::string::npos);
}

}  // namespace sluice::server
