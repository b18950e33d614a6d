#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
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

constexpr const char* check_examples =
    "  sluice check config /etc/sluice/sluiced.yaml\n"
    "  sluice check rules rules/*.yaml\n\n"
    "The checks are the daemon's own, so that what passes here also loads there: this command\n"
    "runs `sluiced --check-config`, and needs `sluiced` beside itself or in the PATH (or\n"
    "--sluiced). Nothing is sent to a server. Exits 0 if all is well, 1 if not.";

// The daemon installed beside this binary, else whatever the PATH has.
std::string find_daemon(const std::string& given) {
  if (!given.empty()) return given;
  std::error_code ec;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ec);
  const auto beside = self.parent_path() / "sluiced";
  return !ec && std::filesystem::exists(beside, ec) ? beside.string() : "sluiced";
}

// Runs a program with our input and output; its exit status, or an Error if it did not run.
Result<int> run_program(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  // The client blocks signals for its own wait; the program must get them as usual.
  posix_spawnattr_t attributes;
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, argv.front(), nullptr, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    return invalid_argument("cannot run " + command.front() + ": " + std::strerror(failed) +
                            "; install it or name it with --sluiced");
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// What is wrong with a file is "usage" to the daemon, but the answer "no" to a check.
ExitCode check_outcome(int status) {
  if (status == 0) return ExitCode::ok;
  return status == 3 ? ExitCode::undecided : ExitCode::no;
}

ExitCode run_check(std::vector<std::string> command, const std::vector<std::string>& files,
                   Context& context) {
  command.insert(command.end(), files.begin(), files.end());
  context.out.flush();
  const auto status = run_program(command);
  return status ? check_outcome(*status) : fail(context, status.error());
}

void add_check_of(CLI::App& parent, const std::string& name, const std::string& summary,
                  const std::shared_ptr<CheckOptions>& o) {
  CLI::App& app = add_subcommand(parent, name, summary, check_examples);
  app.add_option("file", o->files, "Files to check")->required();
  app.add_option("--sluiced", o->sluiced, "The daemon's binary");
}

}  // namespace

Action add_check(CLI::App& root) {
  auto o = std::make_shared<CheckOptions>();
  CLI::App& app =
      add_subcommand(root, "check", "Check configuration and rule files", check_examples);
  app.require_subcommand(1);
  add_check_of(app, "config", "Check a configuration file of the daemon", o);
  add_check_of(app, "rules", "Check rule files", o);
  return [o, &app](Context& context) {
    const std::string daemon = find_daemon(o->sluiced);
    if (app.got_subcommand("rules")) {
      return run_check({daemon, "--check-config", "--rules"}, o->files, context);
    }
    if (o->files.size() == 1) {
      return run_check({daemon, "--check-config", "--config.file"}, o->files, context);
    }
    return fail(context, invalid_argument("check config takes exactly one file"));
  };
}

}  // namespace sluice::query::cli
