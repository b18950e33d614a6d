#include "daemon/server/flags.h"

#include <CLI/CLI.hpp>
#include <sstream>

#include "base/types/time.h"
#include "daemon/server/config.h"
#include "daemon/server/config_keys.h"
#include "daemon/server/version.h"

namespace sluice::server {

namespace {

constexpr const char* description =
    "sluiced: stores logs and metrics, answers LogQL and PromQL, evaluates alert rules,\n"
    "notifies, and judges releases.\n"
    "\n"
    "Runs without a config file; flags win over the file. Everything that can be configured:\n"
    "sluiced --help-config\n";

constexpr const char* footer =
    "\n"
    "Examples:\n"
    "  sluiced                                        # data in ./var/sluiced, port 3180\n"
    "  sluiced --config.file /etc/sluice/sluiced.yaml\n"
    "  sluiced --rules alerts/*.yaml --storage.path /srv/sluice\n"
    "  sluiced --check-config --config.file new.yaml  # exit 0 if a reload would take it\n"
    "  sluiced check --storage.path /srv/sluice       # exit 1 if anything stored is damaged\n"
    "  sluiced restore /backup/20260110T120000Z --storage.path /srv/new\n"
    "\n"
    "Signals: SIGHUP reloads the config, SIGINT and SIGTERM stop cleanly, a second one at once.\n"
    "Web UI, API and /metrics: http://127.0.0.1:3180/\n";

void add_flags(CLI::App& app, Flags& flags) {
  app.add_option("--config.file", flags.config_file, "YAML file; see --help-config")
      ->type_name("FILE");
  app.add_option("--storage.path", flags.storage_path,
                 "Directory of the database (default ./var/sluiced)")
      ->type_name("DIR");
  app.add_option("--storage.retention", flags.retention,
                 "Drop days older than this, e.g. 30d; 0 keeps all")
      ->type_name("DURATION");
  app.add_option("--http.listen", flags.http_listen,
                 "Address and port (default 127.0.0.1:3180; port 0 picks one)")
      ->type_name("HOST:PORT");
  app.add_option("--rules", flags.rule_files,
                 "Prometheus rule files with PromQL or LogQL; globs allowed")
      ->type_name("FILE...");
  app.add_option("--log.level", flags.log_level, "debug, info, warn or error (default info)")
      ->type_name("LEVEL");
  app.add_option("--log.format", flags.log_format, "logfmt or json (default logfmt)")
      ->type_name("FORMAT");
}

// The words after which sluiced does one thing and ends. All need the store for themselves.
struct Verbs {
  CLI::App* check = nullptr;
  CLI::App* backup = nullptr;
  CLI::App* restore = nullptr;
  std::string folder;
};

void add_verbs(CLI::App& app, Verbs& verbs, Flags& flags) {
  verbs.check = app.add_subcommand(
      "check", "Read every value of the store, say what is damaged, change nothing, exit 0 or 1");
  verbs.backup = app.add_subcommand(
      "backup",
      "Back the store up to a new folder. Of a running daemon: POST /api/v1/admin/backup");
  verbs.restore = app.add_subcommand(
      "restore", "Copy a backup to --storage.path, which must be empty, and check it");
  for (CLI::App* verb : {verbs.check, verbs.backup, verbs.restore}) {
    verb->add_option("--config.file", flags.config_file, "YAML file; see --help-config")
        ->type_name("FILE");
    verb->add_option("--storage.path", flags.storage_path,
                     "Directory of the database (default ./var/sluiced)")
        ->type_name("DIR");
  }
  for (CLI::App* verb : {verbs.backup, verbs.restore})
    verb->add_option("folder", verbs.folder, "The backup")->type_name("DIR")->required();
}

Command usage_error(CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out, err;
  const int code = app.exit(error, out, err);
  if (code == 0) return PrintAndExit{out.str(), 0};
  return PrintAndExit{"sluiced: " + std::string(error.what()) + "\nTry: sluiced --help\n", 2};
}

std::string help_config() {
  return "Keys of sluiced's config file, by section. `live` keys take effect on reload (SIGHUP or\n"
         "POST /-/reload), the others on restart. Values may use ${ENV} and ${ENV:-default}.\n" +
         config_reference();
}

Result<void> apply_flags(const Flags& flags, DaemonOptions& options) {
  if (flags.storage_path) options.storage.path = *flags.storage_path;
  if (flags.http_listen) options.http.listen = *flags.http_listen;
  if (flags.log_level) {
    SLUICE_TRY(options.log_level, parse_log_level(*flags.log_level));
  }
  if (flags.log_format) {
    if (*flags.log_format != "json" && *flags.log_format != "logfmt")
      return invalid_argument("--log.format: expected logfmt or json, got \"" + *flags.log_format +
                              "\"");
    options.log_format = *flags.log_format == "json" ? LogFormat::json : LogFormat::logfmt;
  }
  if (flags.retention) {
    auto retention = parse_prometheus_duration(*flags.retention);
    if (!retention) return std::move(retention).error().within("--storage.retention");
    options.storage.retention = std::chrono::duration_cast<std::chrono::hours>(*retention);
  }
  auto& files = options.alerting.rule_files;
  files.insert(files.end(), flags.rule_files.begin(), flags.rule_files.end());
  return {};
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  CLI::App app{description, "sluiced"};
  app.footer(footer);
  Flags flags;
  bool check = false, keys = false, version = false;
  add_flags(app, flags);
  Verbs verbs;
  add_verbs(app, verbs, flags);
  app.add_flag("--check-config", check, "Check the config and rule files, say what is wrong, exit");
  app.add_flag("--help-config", keys, "Print every key of the config file and exit");
  app.add_flag("--version", version, "Print the version and exit");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  }
  if (version) return PrintAndExit{"sluiced " + std::string(build_version()) + "\n", 0};
  if (keys) return PrintAndExit{help_config(), 0};
  if (check) return CheckConfig{flags};
  if (*verbs.check) return CheckStore{flags};
  if (*verbs.backup) return BackUpStore{flags, verbs.folder};
  if (*verbs.restore) return RestoreStore{flags, verbs.folder};
  return RunDaemon{flags};
}

Result<DaemonOptions> resolve_options(const Flags& flags) {
  DaemonOptions options;
  options.storage.path = "./var/sluiced";
  if (!flags.config_file.empty()) {
    SLUICE_TRY(options, load_config(flags.config_file, std::move(options)));
  }
  SLUICE_CHECK(apply_flags(flags, options));
  return options;
}

}  // namespace sluice::server
