#include "tests/demo/cli.h"

#include <CLI/CLI.hpp>
#include <sstream>

namespace sluice::demo {
namespace {

constexpr const char* about =
    "A made-up web shop that writes JSON request logs, for trying Sluice out.\n\n"
    "  sluice-demo run --state var/demo --file var/demo/shop.log --rate 100\n"
    "  sluice-demo deploy B --state var/demo     version B has a planted defect: 5 % of its\n"
    "                                            requests fail with a message A never writes\n"
    "  sluice-demo rollback --state var/demo     what a rollback hook calls; safe to call twice\n"
    "  sluice-demo receive                       prints each alert notification it gets\n";

constexpr const char* footer =
    "\nExit codes: 0 done, 1 it failed (the reason is on stderr), 2 wrong usage.";

struct Parsed {
  RunOptions run;
  DeployCommand deploy;
  RollbackCommand rollback;
  ReceiveOptions receive;
  long seconds = 0;
};

CLI::App* add_run(CLI::App& app, Parsed& p) {
  CLI::App* run = app.add_subcommand("run", "Write request logs until SIGINT or SIGTERM");
  run->add_option("--file", p.run.file, "Log file to append to; - is standard output")
      ->capture_default_str();
  run->add_option("--rate", p.run.rate, "Lines per second on average; they come in bursts")
      ->capture_default_str()->check(CLI::Range(0.1, 100'000.0));
  run->add_option("--duration", p.seconds, "Stop by itself after this many seconds; 0: never")
      ->capture_default_str()->check(CLI::NonNegativeNumber);
  run->add_option("--state", p.run.state_dir,
                  "Directory with the deployed version; followed when it changes");
  run->add_option("--version", p.run.shop.version,
                  "Version to run, A or B; with --state only if none was deployed yet")
      ->capture_default_str();
  run->add_option("--service", p.run.shop.service, "Name of the service in each line")
      ->capture_default_str();
  run->add_option("--error-rate", p.run.shop.error_rate,
                  "Share of requests that fail for reasons both versions know")
      ->capture_default_str()->check(CLI::Range(0.0, 0.9));
  run->add_option("--seed", p.run.shop.seed, "The same seed writes the same requests")
      ->capture_default_str();
  run->add_option("--max-bytes", p.run.max_bytes, "Rotate FILE to FILE.1 past this size")
      ->capture_default_str()->check(CLI::Range(4096.0, 1e12));
  return run;
}

CLI::App* add_deploy(CLI::App& app, Parsed& p) {
  CLI::App* deploy = app.add_subcommand("deploy", "Make a running demo switch to a version");
  deploy->add_option("version", p.deploy.version, "A, B, or any word")->required();
  deploy->add_option("--state", p.deploy.state_dir, "The directory given to run")->required();
  return deploy;
}

CLI::App* add_rollback(CLI::App& app, Parsed& p) {
  CLI::App* rollback =
      app.add_subcommand("rollback", "Go back to the version before the last deploy");
  rollback->add_option("--state", p.rollback.state_dir, "The directory given to run")->required();
  return rollback;
}

CLI::App* add_receive(CLI::App& app, Parsed& p) {
  CLI::App* receive = app.add_subcommand("receive", "Print alert notifications sent here by POST");
  receive->add_option("--listen", p.receive.listen, "Address and port; port 0 picks a free one")
      ->capture_default_str();
  receive->add_option("--port-file", p.receive.port_file, "Write the port here once it accepts");
  return receive;
}

Say say(CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  const int code = app.exit(error, out, out);
  return {out.str(), code == 0 ? 0 : 2};
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  CLI::App app(about, "sluice-demo");
  app.footer(footer);
  app.require_subcommand(1);
  Parsed p;
  const CLI::App* run = add_run(app, p);
  const CLI::App* deploy = add_deploy(app, p);
  const CLI::App* rollback = add_rollback(app, p);
  add_receive(app, p);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return say(app, error);
  }
  if (p.seconds > 0) p.run.duration = std::chrono::seconds(p.seconds);
  if (run->parsed()) return p.run;
  if (deploy->parsed()) return p.deploy;
  if (rollback->parsed()) return p.rollback;
  return p.receive;
}

}  // namespace sluice::demo
