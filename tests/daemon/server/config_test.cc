#include "daemon/server/config.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "daemon/server/config_keys.h"
#include "tests/support/temp_dir.h"

namespace sluice::server {
namespace {

// A config file that is there for the length of one test.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) : path_(dir_.write("sluiced.yaml", text)) {}
  Result<DaemonOptions> load() const { return load_config(path_, DaemonOptions{}); }
  // The error with the file's name cut away.
  std::string problem() const {
    auto loaded = load();
    if (loaded) return "no error";
    std::string text = loaded.error().message;
    for (auto at = text.find(path_); at != std::string::npos; at = text.find(path_))
      text.erase(at, path_.size());
    return text;
  }

 private:
  TempDir dir_;
  std::string path_;
};

}  // namespace

TEST_CASE("a config file sets what it mentions and nothing else", "[config]") {
  ConfigFile file(
      "http:\n  listen: 0.0.0.0:9999\n  idle_timeout: 30s\n"
      "storage:\n  retention: 7d\n  head_bytes_max: 96MiB\n"
      "query: {max_series: 5}\n"
      "log: {level: debug, format: json}\n");
  auto options = file.load();
  REQUIRE(options.has_value());
  CHECK(options->http.listen == "0.0.0.0:9999");
  CHECK(options->http.idle_timeout == std::chrono::seconds(30));
  CHECK(options->storage.retention == std::chrono::hours(24 * 7));
  CHECK(options->storage.head_bytes_max == 96U << 20);
  CHECK(options->query.max_series == 5);
  CHECK(options->log_level == LogLevel::debug);
  CHECK(options->log_format == LogFormat::json);
  CHECK(options->storage.seal_bytes == storage::StoreOptions{}.seal_bytes);
}

TEST_CASE("an empty config file is a config", "[config]") {
  CHECK(ConfigFile("").load().has_value());
  CHECK(ConfigFile("# only a comment\n").load().has_value());
}

TEST_CASE("retention rules have a period and say for whom", "[config]") {
  ConfigFile file(
      "storage:\n  max_bytes: 2GiB\n  backup_path: /backup\n  retention_rules:\n"
      "    - {tenant: shop, selector: '{app=\"audit\"}', period: 365d}\n"
      "    - {tenant: dev, period: 7d}\n");
  const auto options = file.load();
  REQUIRE(options.has_value());
  CHECK(options->storage.max_bytes == 2ULL << 30);
  CHECK(options->backup_path == "/backup");
  const std::vector<storage::RetentionRule> expected = {
      {"shop", "{app=\"audit\"}", std::chrono::hours(24 * 365)},
      {"dev", "", std::chrono::hours(24 * 7)}};
  CHECK(options->storage.retention_rules == expected);
  DaemonOptions running;
  CHECK(needs_restart(running, *options) == std::vector<std::string>{"storage.max_bytes",
                                                                     "storage.backup_path",
                                                                     "storage.retention_rules"});
  const auto problem = [](const std::string& rule) {
    return ConfigFile("storage:\n  retention_rules:\n    - " + rule + "\n").problem();
  };
  CHECK(problem("{tenant: a}").find("needs a period") != std::string::npos);
  CHECK(problem("{period: 1d}").find("a tenant, a selector or both") != std::string::npos);
  CHECK(problem("{selector: app, period: 1d}").find("selector") != std::string::npos);
  CHECK(problem("{selektor: app, tenant: a, period: 1d}").find("selektor") != std::string::npos);
}

TEST_CASE("a tenant has its own limits on top of everybody's", "[config]") {
  ConfigFile file(
      "tenants:\n"
      "  - {tenant: small, query: {max_entries: 10, timeout: 5s}, limits: {line_bytes: 1KiB}}\n"
      "  - tenant: fast\n"
      "    limits: {ingestion_rate_bytes: 1MiB, long_lines: refuse}\n"
      "query: {max_series: 7}\n"
      "limits: {labels_per_stream: 9}\n");
  const auto options = file.load();
  REQUIRE(options.has_value());
  REQUIRE(options->tenants.size() == 2);
  const auto& small = options->tenants.at(TenantId{"small"});
  CHECK(small.query.max_entries == 10);
  CHECK(small.query.timeout == std::chrono::seconds(5));
  CHECK(small.query.max_series == 7);
  CHECK(small.ingest.line_bytes == 1024);
  CHECK(small.ingest.labels_per_stream == 9);
  const auto& fast = options->tenants.at(TenantId{"fast"});
  CHECK(fast.ingest.ingestion_rate_bytes == 1 << 20);
  CHECK(fast.ingest.long_lines == LongLinePolicy::refuse);
  CHECK(fast.query.max_entries == query::QueryLimits{}.max_entries);
  CHECK(options->query.max_entries == query::QueryLimits{}.max_entries);
  CHECK(needs_restart(DaemonOptions{}, *options) ==
        std::vector<std::string>{"query.max_series", "limits.labels_per_stream", "tenants"});
}

TEST_CASE("what is wrong with a tenant is said with its place", "[config]") {
  const auto problem = [](const std::string& tenants) {
    return ConfigFile("tenants:\n" + tenants).problem();
  };
  const auto has = [&](const std::string& tenants, const std::string& part) {
    const std::string text = problem(tenants);
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  has("  - {tenant: a, limits: {max_entries: 3}}\n", ":2:26");
  has("  - {tenant: a, limits: {push_body_bytes: 3}}\n", "push_body_bytes");
  has("  - {tenant: a, query: {max_memory_total: 3}}\n", "max_memory_total");
  has("  - {limits: {line_bytes: 3}}\n", "expected the name of a tenant, got \"\"");
  has("  - {tenant: a/b}\n", "a/b");
  has("  - {tenant: a}\n  - {tenant: a}\n", "\"a\" is there twice");
  has("  - {tenant: a, query: {timeout: soon}}\n", "timeout");
}

TEST_CASE("tokens have a name, a secret, a role and tenants", "[config]") {
  ConfigFile file(
      "http:\n  tokens:\n"
      "    - {name: agents, token: s3cret, role: ingest, tenants: [shop]}\n"
      "    - {name: ops, token_file: /run/token, role: admin}\n");
  auto options = file.load();
  REQUIRE(options.has_value());
  const auto& tokens = options->http.auth.tokens;
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].role == http::Role::ingest);
  CHECK(tokens[0].tenants == std::vector<std::string>{"shop"});
  CHECK(tokens[1].token_file == "/run/token");
}

TEST_CASE("config errors name place and remedy", "[config]") {
  const auto has = [](std::string_view text, std::string_view part) {
    const auto problem = ConfigFile(text).problem();
    CAPTURE(problem);
    CHECK(problem.find(part) != std::string::npos);
  };
  has("htpp:\n  listen: x\n", ":1:1");
  has("http:\n  lisen: x\n", ":2:3");
  has("http:\n  lisen: x\n", "listen");
  has("http:\n  idle_timeout: fast\n", ":2:17");
  has("storage: {retention: -3}\n", "retention");
  has("log: {level: loud}\n", "loud");
  has("log: {format: xml}\n", "logfmt or json");
  has("http:\n  tokens:\n    - {name: a, token: x, role: root}\n", "ingest, read or admin");
  has("http:\n  tokens:\n    - {name: a}\n", "token or token_file");
  has("query: {max_series: 0}\n", "max_series");
}

TEST_CASE("a reload knows what needs a restart", "[config]") {
  DaemonOptions running;
  DaemonOptions next = running;
  next.log_level = LogLevel::debug;
  CHECK(needs_restart(running, next).empty());
  next.storage.path = "/elsewhere";
  next.http.listen = "127.0.0.1:1";
  CHECK(needs_restart(running, next) == std::vector<std::string>{"http.listen", "storage.path"});
}

TEST_CASE("keys are unique and explained", "[config]") {
  std::set<std::string> seen;
  for (const auto& key : config_keys()) {
    CAPTURE(key.section, key.name);
    CHECK(seen.insert(key.section + "." + key.name).second);
    CHECK(key.help.size() > 3);
  }
}

TEST_CASE("the configuration page is the table", "[config][docs]") {
  std::ifstream in(SLUICE_SOURCE_DIR "/docs/guide/configuration.md");
  std::stringstream page;
  page << in.rdbuf();
  // To update: sluiced --help-config, and paste everything from the first ### on.
  CHECK(page.str().find(config_reference()) != std::string::npos);
}

}  // namespace sluice::server
