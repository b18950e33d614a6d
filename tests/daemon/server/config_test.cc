#include "daemon/server/config.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "daemon/server/config_keys.h"

namespace sluice::server {
namespace {

// A config file that is there for the length of one test.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "sluiced-XXXXXX").string();
    const int fd = mkstemp(pattern.data());
    REQUIRE(fd >= 0);
    close(fd);
    path_ = pattern;
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
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
