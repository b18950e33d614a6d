#include "query/cli/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "base/http/client.h"
#include "base/runtime/io_runtime.h"
#include "query/cli/suggest.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

namespace {

constexpr const char* description =
    "sluice: logs, metrics, alerts and release gates from the command line.\n"
    "Data goes to standard output, everything else to standard error.";

constexpr const char* footer =
    "Examples:\n"
    "  sluice logs '{app=\"pay\"} |= \"timeout\"' --since 1h\n"
    "  sluice metric 'sum by (app) (rate(http_requests_total[5m]))' --range 1h\n"
    "  sluice gate run --service pay --env prod --version \"$GIT_SHA\" --on-fail rollback\n\n"
    "The server is --addr, else SLUICE_ADDR, else LOKI_ADDR, else http://127.0.0.1:3180.\n"
    "`sluice COMMAND --help` says more; `sluice help exit-codes` lists the exit codes.";

// Environment variables are read in order; ours before logcli's.
void from_environment(std::string& value, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* found = std::getenv(name);
    if (found == nullptr || *found == '\0') continue;
    value = found;
    return;
  }
}

GlobalOptions options_from_environment() {
  GlobalOptions options;
  from_environment(options.addr, {"SLUICE_ADDR", "LOKI_ADDR"});
  from_environment(options.tenant, {"SLUICE_TENANT", "LOKI_ORG_ID"});
  from_environment(options.token_file, {"SLUICE_TOKEN_FILE", "LOKI_BEARER_TOKEN_FILE"});
  from_environment(options.ca_cert, {"SLUICE_CA_CERT", "LOKI_CA_CERT_PATH"});
  from_environment(options.cert, {"SLUICE_CERT", "LOKI_CLIENT_CERT_PATH"});
  from_environment(options.key, {"SLUICE_KEY", "LOKI_CLIENT_KEY_PATH"});
  return options;
}

void add_global_flags(CLI::App& app, GlobalOptions& o) {
  const std::string group = "Connection and output";
  app.add_option("--addr", o.addr, "Server URL")->group(group)->capture_default_str();
  app.add_option("--org-id,--tenant", o.tenant, "Tenant (X-Scope-OrgID)")->group(group);
  app.add_option("--token-file,--bearer-token-file", o.token_file, "File that holds the token")
      ->group(group);
  app.add_option("--ca-cert", o.ca_cert, "Authorities to trust, PEM")->group(group);
  app.add_option("--cert", o.cert, "Client certificate, PEM")->group(group);
  app.add_option("--key", o.key, "Key of the client certificate, PEM")->group(group);
  app.add_option("--tls-server-name", o.server_name, "Name the server's certificate must have")
      ->group(group);
  app.add_flag("--tls-skip-verify", o.tls_skip_verify, "Trust any certificate")->group(group);
  app.add_option("--color", o.color, "auto, always or never; NO_COLOR is heeded")
      ->group(group)
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_option("-z,--timezone", o.timezone, "Local, UTC or a name such as Europe/Berlin")
      ->group(group)
      ->capture_default_str();
  app.add_flag("-q,--quiet", o.quiet, "Data only, no talk")->group(group);
}

const CLI::App& deepest_parsed(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : deepest_parsed(*parsed.front());
}

std::string command_line_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? "sluice"
                                     : command_line_of(*app.get_parent()) + " " + app.get_name();
}

// What was meant by an argument nobody expected: a flag or a command of nearly that name.
std::string hint_for(const CLI::App& app, const std::vector<std::string>& args) {
  std::vector<std::string> known;
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(sub->get_name());
  }
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const auto* option : at->get_options()) {
      for (const auto& name : option->get_lnames()) known.push_back("--" + name);
    }
  }
  for (const auto& arg : args) {
    const std::string flag = arg.substr(0, arg.find('='));
    if (std::find(known.begin(), known.end(), flag) != known.end()) continue;
    if (const auto close = closest(flag, known)) return "; did you mean " + *close + "?";
  }
  return "";
}

ExitCode usage_error(const CLI::App& root, const CLI::ParseError& error,
                     const std::vector<std::string>& args, std::ostream& err) {
  const CLI::App& app = deepest_parsed(root);
  std::string what = error.what();
  while (!what.empty() && (what.back() == '\n' || what.back() == ' ')) what.pop_back();
  const bool unexpected = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                          dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  err << "sluice: " << what << (unexpected ? hint_for(app, args) : "") << "\n"
      << "Try `" << command_line_of(app) << " --help`.\n";
  return ExitCode::usage;
}

http::ClientOptions client_options(const GlobalOptions& o) {
  http::ClientOptions options;
  options.tls.ca_file = o.ca_cert;
  options.tls.cert_file = o.cert;
  options.tls.key_file = o.key;
  options.tls.server_name = o.server_name;
  options.tls.insecure_skip_verify = o.tls_skip_verify;
  return options;
}

// The runtime goes after the client that uses it.
struct Connection {
  IoRuntime runtime;
  std::unique_ptr<http::Client> client;
  explicit Connection(const GlobalOptions& o)
      : runtime(RuntimeOptions{1, 1, 1, 16}),
        client(http::make_client(runtime, client_options(o))) {}
};

ExitCode perform(const Action& action, const GlobalOptions& options, const CLI::App& root,
                 World& world) {
  Context context{world.out,        world.err,   world.in,   world.out_is_tty,
                  world.err_is_tty, world.clock, world.stop, world.sleep,
                  options,          nullptr,     &root};
  if (auto zone = use_timezone(options.timezone); !zone) return fail(context, zone.error());
  const auto connection = std::make_shared<Connection>(options);
  context.client = {connection, connection->client.get()};
  const ExitCode code = action(context);
  world.out.flush();
  return world.stop.stop_requested() && code != ExitCode::ok ? ExitCode::interrupted : code;
}

}  // namespace

ExitCode run(std::vector<std::string> args, World world) {
  CLI::App app(description, "sluice");
  app.footer(footer);
  app.require_subcommand(1);
  GlobalOptions options = options_from_environment();
  add_global_flags(app, options);
  std::vector<std::pair<std::string, Action>> actions;
  for (const auto& command : commands()) {
    actions.emplace_back(command.name, command.add(app));
  }
  try {
    std::vector<std::string> reversed(args.rbegin(), args.rend());
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const CLI::App& about = deepest_parsed(app);
    // CLI11 adds the command's own name to what it is given.
    const CLI::App* parent = about.get_parent();
    world.out << about.help(parent == nullptr ? "" : command_line_of(*parent));
    return ExitCode::ok;
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error, args, world.err);
  }
  const std::string chosen = app.get_subcommands().front()->get_name();
  const auto action = std::find_if(actions.begin(), actions.end(),
                                   [&](const auto& a) { return a.first == chosen; });
  return perform(action->second, options, app, world);
}

}  // namespace sluice::query::cli
