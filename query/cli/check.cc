#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <ostream>

#include "query/cli/command.h"

namespace sluice::query::cli {

namespace {

struct CheckOptions {
  std::vector<std::string> files;
  std::string sluiced;
};

constexpr const char* examples =
    "  sluice check config /etc/sluice/sluiced.yaml\n"
    "  sluice check rules rules/*.yaml\n\n"
    "The checks are the daemon's own, so that what passes here also loads there: this command\n"
    "runs `sluiced --check-config` and `sluiced --check-rules`, and needs `sluiced` beside itself "
    "or\n"
    "in the PATH (or --sluiced). Nothing is sent to a server. Exits 0 or 1, 3 for warnings only.";

// The daemon installed beside this binary, else whatever the PATH has.
std::string find_daemon(const std::string& given) {
  if (!given.empty()) return given;
  std::error_code ec;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ec);
  const auto beside = self.parent_path() / "sluiced";
  return !ec && std::filesystem::exists(beside, ec) ? beside.string() : "sluiced";
}

// Becomes the daemon; returns only when that fails.
ExitCode become(const std::vector<std::string>& command, Context& context) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  context.out.flush();
  ::execvp(argv.front(), argv.data());
  const std::string why = std::strerror(errno);
  return fail(context, invalid_argument("cannot run " + command.front() + ": " + why +
                                        "; install it or name it with --sluiced"));
}

void add_check_of(CLI::App& parent, const std::string& name, const std::string& summary,
                  const std::shared_ptr<CheckOptions>& o) {
  CLI::App& app = add_subcommand(parent, name, summary, examples);
  app.add_option("file", o->files, "Files to check")->required();
  app.add_option("--sluiced", o->sluiced, "The daemon's binary");
}

}  // namespace

Action add_check(CLI::App& root) {
  auto o = std::make_shared<CheckOptions>();
  CLI::App& app = add_subcommand(root, "check", "Check configuration and rule files", examples);
  app.require_subcommand(1);
  add_check_of(app, "config", "Check a configuration file of the daemon", o);
  add_check_of(app, "rules", "Check rule files", o);
  return [o, &app](Context& context) {
    const std::string daemon = find_daemon(o->sluiced);
    std::vector<std::string> command{daemon, "--check-rules"};
    if (app.got_subcommand("config")) {
      if (o->files.size() != 1) {
        return fail(context, invalid_argument("check config takes exactly one file"));
      }
      command = {daemon, "--check-config", "--config.file"};
    }
    command.insert(command.end(), o->files.begin(), o->files.end());
    return become(command, context);
  };
}

}  // namespace sluice::query::cli
