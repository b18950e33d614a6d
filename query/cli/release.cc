#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/release_format.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

struct ReleaseOptions {
  std::string service;
  std::string env;
  std::string version;
  std::string commit;
  std::string id;
  std::string status = "succeeded";
  unsigned limit = 20;
  std::string output = "default";
};
using ReleaseOptionsPtr = std::shared_ptr<ReleaseOptions>;

constexpr const char* release_examples =
    "  id=$(sluice release start --service pay --env prod --version \"$GIT_SHA\")\n"
    "  ./deploy.sh && sluice release finish \"$id\" || sluice release finish \"$id\" --status "
    "failed\n"
    "  sluice release list --service pay\n\n"
    "A gate compares a release with the one before it, so tell each release when it starts.";

ExitCode print_one(const Result<Json>& answer, const ReleaseOptions& o, Context& context,
                   bool id_only) {
  if (!answer) return fail(context, answer.error());
  if (o.output == "json") {
    context.out << answer->dump(2) << "\n";
  } else if (id_only) {
    context.out << text_of(*answer, "id") << "\n";
  } else {
    context.out << release_text(*answer, context.color());
  }
  return ExitCode::ok;
}

ExitCode run_start(const ReleaseOptions& o, Context& context) {
  Json body{{"service", o.service}, {"version", o.version}};
  if (!o.env.empty()) body["env"] = o.env;
  if (!o.commit.empty()) body["commit"] = o.commit;
  return print_one(ApiClient(context).post("/api/v1/deployments", body), o, context, true);
}

std::string path_of(const ReleaseOptions& o) {
  return "/api/v1/deployments/" + http::percent_encode(o.id);
}

ExitCode run_finish(const ReleaseOptions& o, Context& context) {
  const Json body{{"status", o.status}};
  return print_one(ApiClient(context).post(path_of(o) + "/finish", body), o, context, false);
}

ExitCode run_list(const ReleaseOptions& o, Context& context) {
  http::Params params;
  if (!o.service.empty()) params.add("service", o.service);
  if (!o.env.empty()) params.add("env", o.env);
  if (!o.version.empty()) params.add("version", o.version);
  params.add("limit", std::to_string(o.limit));
  const auto answer = ApiClient(context).get("/api/v1/deployments", params);
  if (!answer) return fail(context, answer.error());
  const Json releases = answer->value("deployments", Json::array());
  context.out << (o.output == "json" ? releases.dump(2) + "\n"
                                     : release_table(releases, context.color()));
  return ExitCode::ok;
}

ExitCode run_release(const std::string& name, const ReleaseOptions& o, Context& context) {
  if (name == "start") return run_start(o, context);
  if (name == "finish") return run_finish(o, context);
  if (name == "list") return run_list(o, context);
  return print_one(ApiClient(context).get(path_of(o)), o, context, false);
}

void add_output(CLI::App& app, const ReleaseOptionsPtr& o) {
  app.add_option("-o,--output", o->output, "default or json")
      ->check(CLI::IsMember({"default", "json"}));
}

void add_start(CLI::App& parent, const ReleaseOptionsPtr& o) {
  CLI::App& app = add_subcommand(parent, "start", "Tell that a release begins; prints its id",
                                 release_examples);
  app.add_option("--service", o->service, "Service that is released")->required();
  app.add_option("--env", o->env, "Environment it is released to");
  app.add_option("--version", o->version, "Version that is released")->required();
  app.add_option("--commit", o->commit, "Commit the version was built from");
  add_output(app, o);
}

void add_finish(CLI::App& parent, const ReleaseOptionsPtr& o) {
  CLI::App& app = add_subcommand(parent, "finish", "Tell how a release ended", release_examples);
  app.add_option("id", o->id, "Release, as `release start` printed it")->required();
  app.add_option("--status", o->status, "succeeded or failed")
      ->check(CLI::IsMember({"succeeded", "failed"}))
      ->capture_default_str();
  add_output(app, o);
}

void add_list(CLI::App& parent, const ReleaseOptionsPtr& o) {
  CLI::App& app = add_subcommand(parent, "list", "List releases, newest first",
                                 "  sluice release list --service pay --env prod -n 5");
  app.add_option("--service", o->service, "Only of this service");
  app.add_option("--env", o->env, "Only of this environment");
  app.add_option("--version", o->version, "Only of this version");
  app.add_option("-n,--limit", o->limit, "At most so many")->capture_default_str();
  add_output(app, o);
}

}  // namespace

Action add_release(CLI::App& root) {
  auto o = std::make_shared<ReleaseOptions>();
  CLI::App& app =
      add_subcommand(root, "release", "Tell about releases and list them", release_examples);
  app.require_subcommand(1);
  add_start(app, o);
  add_finish(app, o);
  add_list(app, o);
  CLI::App& show = add_subcommand(app, "show", "Show one release", "  sluice release show ID");
  show.add_option("id", o->id, "Release")->required();
  add_output(show, o);
  return [o, &app](Context& context) {
    return run_release(app.get_subcommands().front()->get_name(), *o, context);
  };
}

}  // namespace sluice::query::cli
