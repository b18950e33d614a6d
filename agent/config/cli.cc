#include "agent/config/cli.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <sstream>

#include "agent/config/load.h"

namespace sluice::agent {
namespace {

constexpr const char* description =
    "sluice-agent tails log files and samples host metrics, and ships both to a Sluice server (or "
    "to\n"
    "Loki and Prometheus). Every line arrives once: files are the buffer, and the server knows "
    "the\n"
    "offset up to which each file is durable.";

constexpr const char* footer =
    "Examples:\n"
    "  sluice-agent --files '/var/log/**/*.log' --state ./agent-state\n"
    "  sluice-agent --config.file /etc/sluice/agent.yaml --check-config\n"
    "  sluice-agent --files app.log --once --no-metrics     read to the end, ship, exit\n"
    "\n"
    "SIGHUP reloads the configuration; SIGINT and SIGTERM send what is there, save and stop.\n"
    "Exit codes: 0 done, 1 cannot run, 2 wrong flags or configuration.\n"
    "Reference: docs/guide/agent.md";

void add_flags(CLI::App& app, CliArgs& a) {
  app.add_option("--config.file", a.config_file, "YAML configuration; flags win over it");
  app.add_flag("--check-config", a.check_config,
               "Check flags and configuration, say what is wrong, exit");
  app.add_option("--server", a.server, "URL of the server [http://127.0.0.1:3180]")
      ->group("Shipping");
  app.add_option("--tenant", a.tenant, "Tenant (X-Scope-OrgID)")->group("Shipping");
  app.add_option("--token-file", a.token_file, "File with the bearer token")->group("Shipping");
  app.add_option("--tls.ca-file", a.tls.ca_file, "Authorities of the server's certificate")
      ->group("Shipping");
  app.add_option("--tls.cert-file", a.tls.cert_file, "Client certificate")->group("Shipping");
  app.add_option("--tls.key-file", a.tls.key_file, "Key of the client certificate")
      ->group("Shipping");
  app.add_option("--tls.server-name", a.tls.server_name, "Name in the server's certificate")
      ->group("Shipping");
  app.add_flag("--tls.insecure-skip-verify", a.tls.insecure_skip_verify, "Accept any certificate")
      ->group("Shipping");
  app.add_option("--files", a.files, "Glob of files to tail, ** allowed; repeatable")
      ->group("Logs");
  app.add_option("--label", a.labels, "Label k=v of every log stream; repeatable")->group("Logs");
  app.add_flag("--once", a.once, "Read all files to their end, ship, exit")->group("Logs");
  app.add_option("--metrics.interval", a.metrics_interval, "Between two scrapes [15s]")
      ->group("Host metrics");
  app.add_flag("--no-metrics", a.no_metrics, "No host metrics")->group("Host metrics");
  app.add_option("--state", a.state, "Directory of the checkpoint [/var/lib/sluice-agent]")
      ->group("Process");
  app.add_option("--agent-id", a.agent_id, "Who this agent is to the server [kept in --state]")
      ->group("Process");
  app.add_option("--http.listen", a.http_listen, "Own /metrics, empty for none [127.0.0.1:3181]")
      ->group("Process");
  app.add_option("--log.level", a.log_level, "debug, info, warn, error [info]")->group("Process");
  app.add_option("--log.format", a.log_format, "logfmt, json [logfmt]")->group("Process");
}

Result<void> add_labels(const std::vector<std::string>& pairs, LabelSet& out) {
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    const auto name = pair.substr(0, equals);
    if (equals == std::string::npos || !valid_label_name(name))
      return invalid_argument("--label " + pair + ": expected name=value");
    out.set(name, pair.substr(equals + 1));
  }
  return {};
}

Result<void> apply_log_flags(const CliArgs& a, AgentOptions& o) {
  if (a.log_level) {
    auto level = parse_log_level(*a.log_level);
    if (!level) return std::move(level).error().within("--log.level");
    o.log_level = *level;
  }
  if (!a.log_format) return {};
  if (*a.log_format != "logfmt" && *a.log_format != "json")
    return invalid_argument("--log.format " + *a.log_format + ": expected logfmt or json");
  o.log_format = *a.log_format == "json" ? LogFormat::json : LogFormat::logfmt;
  return {};
}

template <class T>
void override_with(const std::optional<T>& flag, T& option) {
  if (flag) option = *flag;
}

void override_if_set(const std::string& flag, std::string& option) {
  if (!flag.empty()) option = flag;
}

Result<void> apply_flags(const CliArgs& a, AgentOptions& o) {
  override_with(a.server, o.ship.server);
  override_with(a.tenant, o.ship.tenant);
  override_with(a.token_file, o.ship.token_file);
  override_with(a.state, o.state);
  override_with(a.agent_id, o.agent_id);
  override_with(a.http_listen, o.http_listen);
  override_if_set(a.tls.ca_file, o.ship.tls.ca_file);
  override_if_set(a.tls.cert_file, o.ship.tls.cert_file);
  override_if_set(a.tls.key_file, o.ship.tls.key_file);
  override_if_set(a.tls.server_name, o.ship.tls.server_name);
  if (a.tls.insecure_skip_verify) o.ship.tls.insecure_skip_verify = true;
  if (a.no_metrics) o.metrics.enabled = false;
  o.once = a.once;
  if (a.metrics_interval) {
    auto interval = parse_prometheus_duration(*a.metrics_interval);
    if (!interval) return std::move(interval).error().within("--metrics.interval");
    o.metrics.interval = *interval;
  }
  if (!a.files.empty()) o.files.push_back({.paths = a.files, .exclude = {}, .labels = {}});
  SLUICE_CHECK(add_labels(a.labels, o.labels));
  return apply_log_flags(a, o);
}

// The tailer compares paths as text, so all of them are absolute.
void make_absolute(std::vector<std::string>& globs) {
  for (auto& glob : globs)
    if (!glob.starts_with('/')) glob = (std::filesystem::current_path() / glob).lexically_normal();
}

}  // namespace

CliParse parse_cli(int argc, const char* const* argv) {
  CliArgs args;
  CLI::App app(description, "sluice-agent");
  app.footer(footer);
  app.set_version_flag("--version", "sluice-agent " SLUICE_VERSION);
  add_flags(app, args);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream text;
    const int code = app.exit(e, text, text);
    return {std::nullopt, text.str(), code == 0 ? 0 : 2};
  }
  return {args, {}, 0};
}

Result<AgentOptions> build_options(const CliArgs& args) {
  AgentOptions o;
  if (!args.config_file.empty()) {
    SLUICE_TRY(o, load_config(args.config_file));
  }
  SLUICE_CHECK(apply_flags(args, o));
  for (auto& group : o.files) {
    make_absolute(group.paths);
    make_absolute(group.exclude);
  }
  std::string all;
  for (const auto& problem : check_options(o)) all += (all.empty() ? "" : "\n") + problem;
  if (!all.empty()) return invalid_argument(all);
  return o;
}

}  // namespace sluice::agent
