#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"

namespace sluice::query::cli {

namespace {

struct VersionOptions {
  bool server = false;
  std::string output = "default";
};

ExitCode run_version(const VersionOptions& o, Context& context) {
  nlohmann::json versions{{"client", SLUICE_VERSION}};
  if (o.server) {
    auto answer = ApiClient(context).get("/api/v1/status/buildinfo");
    if (!answer) return fail(context, answer.error());
    const auto data = data_of(std::move(*answer));
    if (!data) return fail(context, data.error());
    versions["server"] = text_of(*data, "version");
  }
  if (o.output == "json") {
    context.out << versions.dump() << "\n";
    return ExitCode::ok;
  }
  context.out << "sluice " << SLUICE_VERSION << "\n";
  if (o.server) context.out << "server " << text_of(versions, "server") << "\n";
  return ExitCode::ok;
}

}  // namespace

Action add_version(CLI::App& root) {
  auto o = std::make_shared<VersionOptions>();
  CLI::App& app = add_subcommand(root, "version", "Print the version",
                                 "  sluice version\n  sluice version --server -o json");
  app.add_flag("--server", o->server, "Ask the server for its version too");
  app.add_option("-o,--output", o->output, "default or json")
      ->check(CLI::IsMember({"default", "json"}));
  return [o](Context& context) { return run_version(*o, context); };
}

}  // namespace sluice::query::cli
