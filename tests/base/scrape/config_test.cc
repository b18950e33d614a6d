#include <catch2/catch_test_macros.hpp>

#include "base/scrape/read_config.h"

namespace sluice::scrape {
namespace {

constexpr std::string_view full = R"(
global:
  scrape_interval: 30s
  scrape_timeout: 5s
  sample_limit: 1000
  external_labels: {site: here}
scrape_configs:
  - job_name: plain
    static_configs:
      - targets: ["a:1", "b:2"]
        labels: {rack: "7"}
  - job_name: full
    scrape_interval: 10s
    scrape_timeout: 9s
    scrape_protocols: [PrometheusText0.0.4, OpenMetricsText1.0.0]
    fallback_scrape_protocol: PrometheusText0.0.4
    metrics_path: /probe
    scheme: https
    params: {module: [http_2xx], "match[]": [a, b]}
    honor_labels: true
    honor_timestamps: false
    track_timestamps_staleness: true
    enable_compression: false
    follow_redirects: false
    enable_http2: true
    scrape_classic_histograms: true
    basic_auth: {username: me, password_file: /run/password}
    tls_config: {ca_file: ca.pem, server_name: other, insecure_skip_verify: true}
    http_headers: {X-Scope: {values: [one], files: [/run/two]}}
    file_sd_configs:
      - files: ["targets/*.json", "more.yml"]
        refresh_interval: 1m
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {target_label: __address__, replacement: "prober:9115"}
    metric_relabel_configs:
      - {action: labeldrop, regex: "tmp_.*"}
    body_size_limit: 10MB
    sample_limit: 2
    label_limit: 3
    label_name_length_limit: 4
    label_value_length_limit: 5
    target_limit: 6
    keep_dropped_targets: 7
    metric_name_validation_scheme: legacy
)";

Result<ScrapeConfig> read(std::string_view text, bool external_labels = true) {
  SLUICE_TRY(auto document, YamlDocument::parse(std::string(text), "f"));
  YamlNode root = document.root();
  auto config = read_scrape_config(root, external_labels);
  SLUICE_CHECK(document.finish());
  return config;
}

std::string problem_of(const std::string& job_lines) {
  const auto config = read("scrape_configs:\n- job_name: a\n" + job_lines);
  return config ? "none" : config.error().message;
}

}  // namespace

TEST_CASE("scrape_configs are read as Prometheus writes them", "[scrape]") {
  const auto config = read(full);
  if (!config) FAIL(config.error().message);
  CHECK(config->external_labels == LabelSet{{"site", "here"}});
  REQUIRE(config->jobs.size() == 2);
  const JobConfig& plain = config->jobs[0];
  CHECK(plain.interval == std::chrono::seconds(30));
  CHECK(plain.timeout == std::chrono::seconds(5));
  CHECK(plain.limits.samples == 1000);
  CHECK(plain.protocols.size() == 4);
  REQUIRE(plain.static_groups.size() == 1);
  CHECK(plain.static_groups[0].addresses == std::vector<std::string>{"a:1", "b:2"});
  CHECK(plain.static_groups[0].labels == LabelSet{{"rack", "7"}});
  const JobConfig& job = config->jobs[1];
  CHECK(job.interval == std::chrono::seconds(10));
  CHECK(job.timeout == std::chrono::seconds(9));
  CHECK(job.protocols ==
        std::vector<ScrapeProtocol>{ScrapeProtocol::text_0_0_4, ScrapeProtocol::openmetrics_1_0_0});
  CHECK(job.fallback_protocol == ScrapeProtocol::text_0_0_4);
  CHECK(job.metrics_path == "/probe");
  CHECK(job.scheme == "https");
  CHECK(job.params.at("match[]") == std::vector<std::string>{"a", "b"});
  CHECK(job.honor_labels);
  CHECK_FALSE(job.honor_timestamps);
  CHECK(job.track_timestamps_staleness);
  CHECK_FALSE(job.http.compression);
  CHECK_FALSE(job.http.follow_redirects);
  CHECK(job.http.basic_auth);
  CHECK(job.http.username.text == "me");
  CHECK(job.http.password.file == "/run/password");
  CHECK(job.http.ca_file == "ca.pem");
  CHECK(job.http.insecure_skip_verify);
  REQUIRE(job.http.headers.size() == 2);
  CHECK(job.http.headers[1].second.file == "/run/two");
  REQUIRE(job.file_discoveries.size() == 1);
  CHECK(job.file_discoveries[0].refresh_interval == std::chrono::minutes(1));
  CHECK(job.relabel.size() == 2);
  CHECK(job.metric_relabel.size() == 1);
  CHECK(job.limits == ScrapeLimits{10'000'000, 2, 3, 4, 5, 6, 7});
  CHECK(job.names == NameScheme::legacy);
}

TEST_CASE("a job without a timeout takes the global one, within its interval", "[scrape]") {
  const auto config = read(
      "scrape_configs:\n- {job_name: a}\n- {job_name: b, scrape_interval: 5s}\n"
      "- {job_name: c, scrape_timeout: 20s}\n");
  REQUIRE(bool(config));
  CHECK(config->jobs[0].interval == std::chrono::minutes(1));
  CHECK(config->jobs[0].timeout == std::chrono::seconds(10));
  CHECK(config->jobs[1].timeout == std::chrono::seconds(5));
  CHECK(config->jobs[2].timeout == std::chrono::seconds(20));
}

TEST_CASE("groups of expressions survive the expansion of variables", "[scrape]") {
  const auto config = read(
      "scrape_configs:\n- job_name: a\n  relabel_configs:\n"
      "  - {target_label: x, replacement: '${1}-$2'}\n");
  REQUIRE(bool(config));
  CHECK(config->jobs[0].relabel[0].replacement == "${1}-$2");
}

TEST_CASE("who wants native histograms asks for protobuf first", "[scrape]") {
  const auto config = read(
      "global: {scrape_native_histograms: true}\nscrape_configs:\n- {job_name: a}\n"
      "- {job_name: b, scrape_native_histograms: false, scrape_protocols: [PrometheusText0.0.4]}\n"
      "- {job_name: c, always_scrape_classic_histograms: true}\n");
  REQUIRE(bool(config));
  CHECK(config->jobs[0].native_histograms);
  CHECK(config->jobs[0].protocols.size() == 5);
  CHECK(config->jobs[0].protocols[0] == ScrapeProtocol::protobuf);
  CHECK_FALSE(config->jobs[1].native_histograms);
  CHECK(config->jobs[1].protocols.size() == 1);
  CHECK(config->jobs[2].classic_histograms);
  CHECK(config->jobs[2].protocols.size() == 5);
}

TEST_CASE("what is wrong is refused with its place", "[scrape]") {
  const auto has = [](const std::string& lines, std::string_view part) {
    const std::string problem = problem_of(lines);
    CAPTURE(problem);
    CHECK(problem.find(part) != std::string::npos);
  };
  has("  scrape_intervall: 1s\n", "f:3:3: unknown key \"scrape_intervall\"");
  has("  scrape_interval: 5s\n  scrape_timeout: 6s\n", "f:4:3");
  has("  scrape_interval: 0s\n", "longer than 0s");
  has("  scheme: ftp\n", "expected http or https");
  has("  kubernetes_sd_configs: []\n", "static_configs and file_sd_configs only");
  has("  oauth2: {}\n", "not supported");
  has("  scrape_protocols: [Morse]\n", "unknown scrape protocol \"Morse\"");
  has("  scrape_protocols: [PrometheusText0.0.4, PrometheusText0.0.4]\n", "duplicated");
  has("  convert_classic_histograms_to_nhcb: true\n", "not supported");
  has("  basic_auth: {password: a, password_file: b}\n", "at most one of");
  has("  basic_auth: {username: a}\n  authorization: {credentials: b}\n", "at most one of");
  has("  authorization: {type: Basic}\n", "basic_auth");
  has("  tls_config: {cert_file: a}\n", "set together");
  has("  static_configs: [{targets: ['http://a:1/']}]\n", "is not a valid hostname");
  has("  static_configs: [{target: ['a:1']}]\n", "unknown key \"target\"");
  has("  file_sd_configs: [{files: ['a/*/b.json']}]\n", "not valid for file discovery");
  has("  file_sd_configs: [{files: ['a.txt']}]\n", "not valid for file discovery");
  has("  relabel_configs: [{action: hashmod, target_label: a}]\n", "non-zero modulus");
  has("  sample_limit: -1\n", "whole number");
  CHECK(read("scrape_configs:\n- {job_name: a}\n- {job_name: a}\n")
            .error()
            .message.find("multiple scrape configs") != std::string::npos);
  CHECK(read("scrape_configs:\n- {}\n").error().message.find("job_name is empty") !=
        std::string::npos);
  CHECK(read("global: {external_labels: {a: b}}\n", false).has_error());
  CHECK(read("global: {scrape_interval: 5s, scrape_timeout: 6s}\n").has_error());
  CHECK(read("global:\n  scrape_interval: 290y\n")
            .error()
            .message.find("f:2:3: \"scrape_interval\": must be at most 1y") != std::string::npos);
}

}  // namespace sluice::scrape
