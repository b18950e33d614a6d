#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "agent/config/cli.h"
#include "agent/config/keys.h"
#include "agent/config/load.h"
#include "agent/telemetry/agent_metrics.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent {
namespace {

constexpr const char* full_config = R"(
agent_id: web-1
state: /tmp/state
labels: {env: prod}
http: {listen: "127.0.0.1:0"}
log: {level: debug, format: json}
server:
  url: https://logs.example:3180
  tenant: team
  token_file: /etc/sluice/token
  timeout: 10s
  max_in_flight: 8
  backoff_min: 100ms
  backoff_max: 1m
  identity: false
  tls:
    {ca_file: a, cert_file: c, key_file: k, server_name: n, insecure_skip_verify: true}
quarantine: {max_bytes: 1MiB}
files:
  - name: web
    paths: ["/srv/*.log"]
    exclude: ["/srv/x*"]
    labels: {team: a}
    ignore_older: 1d
tail:
  max_line_bytes: 64KiB
  batch_bytes: 512KiB
  batch_age: 2s
  linger: 10ms
  sweep_interval: 3s
  rotate_wait: 4s
  checkpoint_interval: 1s
  max_open_files: 16
  max_files: 1000
  deleted_hold_bytes: 1GiB
  zone: utc
metrics:
  {enabled: false, interval: 30s, job: j, instance: i, proc: /p, sys: /s, root: /,
   system_bus: /b, textfiles: /t, max_cgroups: 7, containers_job: c, queue_scrapes: 9,
   queue_bytes: 2MiB}
scrape: {threads: 3, queue_bytes: 1MiB, type_and_unit_labels: true}
global: {scrape_interval: 30s, external_labels: {site: a}}
scrape_configs:
  - job_name: app
    static_configs: [{targets: ["127.0.0.1:8080"]}]
)";

CliParse parse(std::vector<const char*> args) {
  args.insert(args.begin(), "sluice-agent");
  return parse_cli(static_cast<int>(args.size()), args.data());
}

Result<AgentOptions> build(std::vector<const char*> args) {
  auto parsed = parse(std::move(args));
  REQUIRE(parsed.args.has_value());
  return build_options(*parsed.args);
}

std::string error_of(const std::string& yaml) {
  const auto o = parse_config(yaml, "agent.yaml");
  return o ? "" : o.error().message;
}

}  // namespace

TEST_CASE("every key of the configuration is read", "[config]") {
  const auto o = parse_config(full_config, "agent.yaml");
  REQUIRE(o.has_value());
  CHECK(o->agent_id == "web-1");
  CHECK(o->labels.get("env") == "prod");
  CHECK(o->log_level == LogLevel::debug);
  CHECK(o->log_format == LogFormat::json);
  CHECK(o->ship.server == "https://logs.example:3180");
  CHECK(o->ship.backoff_max == std::chrono::minutes(1));
  CHECK(o->ship.tls.insecure_skip_verify);
  CHECK(o->ship.quarantine_bytes == 1 << 20);
  REQUIRE(o->files.size() == 1);
  CHECK(o->files[0].ignore_older == std::chrono::hours(24));
  CHECK(o->files[0].labels.get("team") == "a");
  CHECK(o->tail.max_line == 64 << 10);
  CHECK_FALSE(o->tail.local_time);
  CHECK(o->metrics.queue_scrapes == 9);
  CHECK(o->metrics.queue_bytes == 2 << 20);
  CHECK(o->metrics.system_bus == "/b");
  CHECK(o->metrics.textfiles == "/t");
  CHECK(o->metrics.max_cgroups == 7);
  CHECK(o->metrics.containers_job == "c");
  CHECK(o->scrape_threads == 3);
  CHECK(o->scrape_queue_bytes == 1 << 20);
  CHECK(o->scrape_type_and_unit_labels);
  CHECK(o->scrape.external_labels.get("site") == "a");
  REQUIRE(o->scrape.jobs.size() == 1);
  CHECK(o->scrape.jobs[0].interval == std::chrono::seconds(30));
  CHECK(check_options(*o).empty());
}

TEST_CASE("each known key stands in the example above and in the guide", "[config]") {
  std::ifstream in(std::string(SLUICE_SOURCE_DIR) + "/docs/guide/agent.md");
  const std::string guide{std::istreambuf_iterator<char>(in), {}};
  REQUIRE_FALSE(guide.empty());
  for (const auto& key : config_keys()) {
    CAPTURE(key.name);
    CHECK(guide.find("| `" + key.name + "` | " + key.standard + " | " + key.meaning + " |") !=
          std::string::npos);
    const auto last = key.name.substr(
        key.name.find_last_of(".]") == std::string::npos ? 0 : key.name.find_last_of(".]") + 1);
    CHECK(std::string(full_config).find(last + ":") != std::string::npos);
  }
}

TEST_CASE("each flag stands in the guide", "[config]") {
  std::ifstream in(std::string(SLUICE_SOURCE_DIR) + "/docs/guide/agent.md");
  const std::string guide{std::istreambuf_iterator<char>(in), {}};
  const auto help = parse({"--help"}).text;
  for (std::size_t at = help.find("  --"); at != std::string::npos;
       at = help.find("  --", at + 1)) {
    const auto end = help.find_first_of(" ,\n", at + 2);
    const auto flag = help.substr(at + 2, end - at - 2);
    CAPTURE(flag);
    CHECK(guide.find(flag) != std::string::npos);
  }
}

TEST_CASE("each of the agent's own metrics stands in the guide", "[config]") {
  std::ifstream in(std::string(SLUICE_SOURCE_DIR) + "/docs/guide/agent.md");
  const std::string guide{std::istreambuf_iterator<char>(in), {}};
  Metrics metrics;
  const AgentMetrics handles(metrics);
  const auto page = metrics.serialize();
  constexpr std::string_view mark = "# TYPE ";
  std::size_t found = 0;
  for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
    const auto name =
        page.substr(at + mark.size(), page.find(' ', at + mark.size()) - at - mark.size());
    CAPTURE(name);
    const bool listed = guide.find("`" + name + "`") != std::string::npos ||
                        guide.find("`" + name + "{") != std::string::npos;
    CHECK(listed);
    ++found;
  }
  CHECK(found > 25);
}

TEST_CASE("wrong configuration says what and where", "[config]") {
  CHECK(error_of("sever: {}\n").find("agent.yaml:1:1") != std::string::npos);
  CHECK(error_of("files:\n  - name: x\n").find("needs `paths`") != std::string::npos);
  CHECK(error_of("log: {level: loud}\n").find("loud") != std::string::npos);
  CHECK(error_of("labels: {\"a-b\": c}\n").find("a-b") != std::string::npos);
  CHECK(error_of("tail: {zone: mars}\n").find("agent.yaml:1:") != std::string::npos);
  CHECK(error_of("tail: {batch_age: soon}\n").find("agent.yaml:1:") != std::string::npos);
}

TEST_CASE("contradictions are found before anything runs", "[config]") {
  AgentOptions o;
  o.metrics.enabled = false;
  o.tail.batch_bytes = o.tail.max_line;
  o.ship.server = "ftp://x";
  o.agent_id = "a b";
  o.ship.tls.cert_file = "c";
  o.files.clear();
  const auto problems = check_options(o);
  CHECK(problems.size() == 5);
}

TEST_CASE("flags win over the file", "[config]") {
  const TempDir dir;
  dir.write("agent.yaml", full_config);
  const auto path = dir / "agent.yaml";
  const auto o = build({"--config.file", path.c_str(), "--server", "http://other:1", "--label",
                        "env=test", "--files", "/x/*.log", "--log.level", "warn", "--once"});
  REQUIRE(o.has_value());
  CHECK(o->ship.server == "http://other:1");
  CHECK(o->labels.get("env") == "test");
  CHECK(o->files.size() == 2);
  CHECK(o->log_level == LogLevel::warn);
  CHECK(o->once);
}

TEST_CASE("relative globs are made absolute", "[config]") {
  const auto o = build({"--files", "x/*.log"});
  REQUIRE(o.has_value());
  CHECK(o->files[0].paths[0] == (std::filesystem::current_path() / "x/*.log").string());
}

TEST_CASE("wrong flags are named", "[config]") {
  CHECK(parse({"--no-such-flag"}).exit_code == 2);
  CHECK(parse({"--no-such-flag"}).text.find("no-such-flag") != std::string::npos);
  CHECK(parse({"--help"}).exit_code == 0);
  CHECK(parse({"--help"}).text.find("Examples:") != std::string::npos);
  CHECK(parse({"--version"}).exit_code == 0);
  for (const auto& args : {std::vector<const char*>{"--label", "novalue"},
                           {"--log.level", "loud"},
                           {"--log.format", "xml"},
                           {"--metrics.interval", "soon"},
                           {"--config.file", "/no/such/file"},
                           {"--no-metrics"}})
    CHECK_FALSE(build(args).has_value());
}

}  // namespace sluice::agent
