#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "query/cli/api_client.h"
#include "query/cli/gate_format.h"
#include "query/cli/gate_wait.h"
#include "query/cli/time_spec.h"

namespace sluice::query::cli {

using Json = nlohmann::json;

namespace {

struct GateOptions {
  // of a new gate
  std::string service;
  std::string env;
  std::string version;
  std::string baseline;
  std::string policy;
  std::string window;
  std::string interval;
  std::string timeout;
  std::string on_fail;
  std::string on_inconclusive;
  std::string key;
  // of an existing one
  std::string id;
  std::string give_up;
  std::string unavailable_for = "2m";
  std::string state;
  unsigned limit = 20;
  bool exit_status = false;
  std::string output = "default";
};
using GateOptionsPtr = std::shared_ptr<GateOptions>;

// Beyond the gate's own timeout: the rollback is verified after the verdict.
constexpr std::chrono::minutes settle_time{15};

constexpr const char* run_examples =
    "  sluice gate run --service pay --env prod --version \"$GIT_SHA\" --baseline previous \\\n"
    "      --policy canary --window 10m --timeout 15m --on-fail rollback\n\n"
    "Starts a gate (or joins the one of the same service, env, version and policy), tells its\n"
    "progress on standard error, prints its evidence, and exits\n"
    "  0 pass   1 fail   3 inconclusive, no data or error   9 failed, rolled back\n"
    "  10 failed and the rollback failed   5 server away too long   124 waited too long\n"
    "Only 0 means that the release was proven good.";

// For a pipeline, 1 is "the release is bad"; a gate that does not exist is a wrong question.
ExitCode fail_gate(Context& context, const Error& error) {
  fail(context, error);
  if (error.code == ErrorCode::not_found || error.code == ErrorCode::conflict) {
    return ExitCode::usage;
  }
  return error.code == ErrorCode::timeout ? ExitCode::timed_out : exit_code_of(error);
}

Json request_of(const GateOptions& o) {
  Json body = Json::object();
  const std::pair<const char*, const std::string*> fields[] = {
      {"service", &o.service},
      {"env", &o.env},
      {"version", &o.version},
      {"baseline", &o.baseline},
      {"policy", &o.policy},
      {"window", &o.window},
      {"interval", &o.interval},
      {"timeout", &o.timeout},
      {"on_fail", &o.on_fail},
      {"on_inconclusive", &o.on_inconclusive},
      {"key", &o.key}};
  for (const auto& [name, value] : fields) {
    if (!value->empty()) body[name] = *value;
  }
  return body;
}

// The server parses durations too; here a slip is a usage error before anything happens.
Result<void> check_durations(const GateOptions& o) {
  for (const auto* text : {&o.window, &o.interval, &o.timeout, &o.give_up, &o.unavailable_for}) {
    if (!text->empty()) SLUICE_CHECK(parse_duration(*text));
  }
  return {};
}

Result<Json> start_gate(const GateOptions& o, Context& context) {
  if (auto sound = check_durations(o); !sound) return sound.error();
  return ApiClient(context).post("/api/v1/gates", request_of(o));
}

Duration time_to_give_up(const GateOptions& o, const Json& gate) {
  if (!o.give_up.empty()) return parse_duration(o.give_up).value();
  const double seconds = gate.value("timeout_seconds", 3600.0);
  return std::chrono::seconds(static_cast<std::int64_t>(seconds)) + settle_time;
}

void print_gate(const Json& gate, const GateOptions& o, Context& context, bool evidence) {
  if (o.output == "json") {
    context.out << gate.dump(2) << "\n";
  } else {
    context.out << (evidence ? gate_explanation(gate, context.color())
                             : gate_summary(gate, context.color()));
  }
}

ExitCode wait_and_print(const GateOptions& o, const Json& gate, Context& context) {
  GateWait wait;
  wait.id = text_of(gate, "id");
  wait.give_up = time_to_give_up(o, gate);
  wait.unavailable_for = parse_duration(o.unavailable_for).value();
  const auto done = wait_for_gate(wait, context);
  if (!done) return fail_gate(context, done.error());
  print_gate(*done, o, context, true);
  return exit_code_of_gate(*done);
}

Result<Json> fetch(const GateOptions& o, Context& context) {
  return ApiClient(context).get("/api/v1/gates/" + http::percent_encode(o.id));
}

ExitCode run_run(const GateOptions& o, Context& context) {
  const auto gate = start_gate(o, context);
  if (!gate) return fail_gate(context, gate.error());
  if (!context.options.quiet) context.err << "gate " << text_of(*gate, "id") << "\n";
  return wait_and_print(o, *gate, context);
}

ExitCode run_start(const GateOptions& o, Context& context) {
  const auto gate = start_gate(o, context);
  if (!gate) return fail_gate(context, gate.error());
  context.out << (o.output == "json" ? gate->dump(2) : text_of(*gate, "id")) << "\n";
  return ExitCode::ok;
}

ExitCode run_wait(const GateOptions& o, Context& context) {
  if (const auto sound = check_durations(o); !sound) return fail_gate(context, sound.error());
  const auto gate = fetch(o, context);
  if (!gate) return fail_gate(context, gate.error());
  return wait_and_print(o, *gate, context);
}

ExitCode run_show(const GateOptions& o, Context& context, bool evidence) {
  const auto gate = fetch(o, context);
  if (!gate) return fail_gate(context, gate.error());
  print_gate(*gate, o, context, evidence);
  return o.exit_status ? exit_code_of_gate(*gate) : ExitCode::ok;
}

ExitCode run_list(const GateOptions& o, Context& context) {
  http::Params params;
  for (const auto& [name, value] : {std::pair{"service", &o.service},
                                    {"env", &o.env},
                                    {"version", &o.version},
                                    {"state", &o.state}}) {
    if (!value->empty()) params.add(name, *value);
  }
  params.add("limit", std::to_string(o.limit));
  const auto answer = ApiClient(context).get("/api/v1/gates", params);
  if (!answer) return fail_gate(context, answer.error());
  const Json gates = answer->value("gates", Json::array());
  context.out << (o.output == "json" ? gates.dump(2) + "\n" : gate_table(gates, context.color()));
  return ExitCode::ok;
}

void add_output(CLI::App& app, const GateOptionsPtr& o) {
  app.add_option("-o,--output", o->output, "default or json")
      ->check(CLI::IsMember({"default", "json"}));
}

void add_new_gate_flags(CLI::App& app, const GateOptionsPtr& o) {
  app.add_option("--service", o->service, "Service that is released")->required();
  app.add_option("--env", o->env, "Environment it is released to");
  app.add_option("--version", o->version, "Version to judge")->required();
  app.add_option("--baseline", o->baseline, "Version to compare with; previous if absent");
  app.add_option("--policy", o->policy, "Policy of the server's configuration");
  app.add_option("--window", o->window, "How long to watch before it may pass");
  app.add_option("--interval", o->interval, "Time between evaluations");
  app.add_option("--timeout", o->timeout, "When to end with what is known");
  app.add_option("--on-fail", o->on_fail, "rollback or none")
      ->check(CLI::IsMember({"rollback", "none"}));
  app.add_option("--on-inconclusive", o->on_inconclusive, "hold, pass or fail")
      ->check(CLI::IsMember({"hold", "pass", "fail"}));
  app.add_option("--key", o->key, "Idempotency key");
  add_output(app, o);
}

void add_wait_flags(CLI::App& app, const GateOptionsPtr& o, const char* give_up) {
  app.add_option(give_up, o->give_up,
                 "Stop waiting after this (exit 124); the gate itself goes on");
  app.add_option("--unavailable-for", o->unavailable_for,
                 "How long the server may be away (then exit 5)")
      ->capture_default_str();
}

CLI::App& add_existing(CLI::App& parent, const std::string& name, const std::string& summary,
                       const GateOptionsPtr& o, const std::string& example) {
  CLI::App& app = add_subcommand(parent, name, summary, example);
  app.add_option("id", o->id, "Gate")->required();
  add_output(app, o);
  return app;
}

void add_list(CLI::App& parent, const GateOptionsPtr& o) {
  CLI::App& app = add_subcommand(parent, "list", "List gates, newest first",
                                 "  sluice gate list --service pay --state running");
  app.add_option("--service", o->service, "Only of this service");
  app.add_option("--env", o->env, "Only of this environment");
  app.add_option("--version", o->version, "Only of this version");
  app.add_option("--state", o->state, "running or done")->check(CLI::IsMember({"running", "done"}));
  app.add_option("-n,--limit", o->limit, "At most so many")->capture_default_str();
  add_output(app, o);
}

ExitCode run_gate(const std::string& name, const GateOptions& o, Context& context) {
  if (name == "run") return run_run(o, context);
  if (name == "start") return run_start(o, context);
  if (name == "wait") return run_wait(o, context);
  if (name == "list") return run_list(o, context);
  return run_show(o, context, name == "explain");
}

}  // namespace

Action add_gate(CLI::App& root) {
  auto o = std::make_shared<GateOptions>();
  CLI::App& app =
      add_subcommand(root, "gate", "Judge a release by its data, and roll back", run_examples);
  app.require_subcommand(1);
  CLI::App& run = add_subcommand(app, "run", "Start a gate and wait for its end", run_examples);
  add_new_gate_flags(run, o);
  add_wait_flags(run, o, "--give-up");
  add_new_gate_flags(add_subcommand(app, "start", "Start a gate and print its id",
                                    "  id=$(sluice gate start --service pay --version 2.4.0)"),
                     o);
  add_wait_flags(add_existing(app, "wait", "Wait for a gate's end; exits like `gate run`", o,
                              "  sluice gate wait \"$id\" --timeout 20m"),
                 o, "--timeout");
  CLI::App& status = add_existing(app, "status", "Say in one line how a gate stands", o,
                                  "  sluice gate status \"$id\" --exit-status");
  status.add_flag("--exit-status", o->exit_status, "Exit like `gate run`; 3 while it runs");
  add_existing(app, "explain", "Show a gate's evidence", o, "  sluice gate explain \"$id\"");
  add_list(app, o);
  return [o, &app](Context& context) {
    return run_gate(app.get_subcommands().front()->get_name(), *o, context);
  };
}

}  // namespace sluice::query::cli
