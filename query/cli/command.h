// Commands of the `sluice` client: what a command is given, and the table of all of them.
//
// A command's file has one `add_x(CLI::App&)`: it declares the flags, which fill an options
// struct, and returns the Action to run on it. Parsing does nothing else, so what a command line
// means can be tested without running it. Formatting lives in pure functions beside it.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/time.h"
#include "query/cli/exit_code.h"

namespace CLI {
class App;
}

namespace sluice::http {
class Client;
}

namespace sluice::query::cli {

// Flags that every command takes, and the environment they default from.
struct GlobalOptions {
  std::string addr = "http://127.0.0.1:3180";
  std::string tenant;
  std::string token_file;
  std::string ca_cert;
  std::string cert;
  std::string key;
  std::string server_name;
  bool tls_skip_verify = false;
  std::string color = "auto";  // auto, always, never
  std::string timezone = "Local";
  bool quiet = false;
  std::chrono::seconds request_timeout{60};
};

// The outside world, as a command may touch it. Tests give it strings and a manual clock.
struct Context {
  std::ostream& out;  // data
  std::ostream& err;  // talk
  std::istream& in;
  bool out_is_tty = false;
  bool err_is_tty = false;
  const Clock& clock;
  std::stop_token stop;                                  // Ctrl-C
  std::function<void(std::chrono::milliseconds)> sleep;  // wakes early on stop
  GlobalOptions options;
  std::shared_ptr<http::Client> client;
  const CLI::App* root = nullptr;  // for help and completion

  bool color() const;
  // The same with another place for data, such as a pager.
  Context with_out(std::ostream& other) const {
    return {other, err, in, out_is_tty, err_is_tty, clock, stop, sleep, options, client, root};
  }
};

using Action = std::function<ExitCode(Context&)>;

struct Command {
  std::string_view name;
  Action (*add)(CLI::App& root);
};

// All commands, in the order of --help.
std::span<const Command> commands();

// Says what went wrong and gives the exit code for it.
ExitCode fail(Context& context, const Error& error);

// How every command declares itself: a subcommand that also takes the global flags.
CLI::App& add_subcommand(CLI::App& parent, const std::string& name, const std::string& summary,
                         const std::string& examples);

Action add_logs(CLI::App& root);
Action add_tail(CLI::App& root);
Action add_context(CLI::App& root);
Action add_patterns(CLI::App& root);
Action add_export(CLI::App& root);
Action add_labels(CLI::App& root);
Action add_series(CLI::App& root);
Action add_push(CLI::App& root);
Action add_metric(CLI::App& root);
Action add_alerts(CLI::App& root);
Action add_rules(CLI::App& root);
Action add_check(CLI::App& root);
Action add_release(CLI::App& root);
Action add_gate(CLI::App& root);
Action add_api(CLI::App& root);
Action add_complete(CLI::App& root);
Action add_completion(CLI::App& root);
Action add_help(CLI::App& root);
Action add_version(CLI::App& root);

}  // namespace sluice::query::cli
