// sluiced: parse the command line, start the daemon, wait for a signal, stop.
#include <cstdio>
#include <exception>

#include "base/runtime/signals.h"
#include "base/telemetry/log.h"
#include "daemon/server/check.h"
#include "daemon/server/daemon.h"
#include "daemon/server/flags.h"

namespace sluice::server {

namespace {

int fail(const Error& error) {
  std::fprintf(stderr, "sluiced: %s\n", error.message.c_str());
  return error.code == ErrorCode::invalid_argument || error.code == ErrorCode::parse ? 2 : 1;
}

void reload_on_hangup(Daemon& daemon) {
  auto done = daemon.reload();
  if (!done) log_error("reload failed, the old configuration stays", {{"error", done.error()}});
}

int run(const Flags& flags) {
  auto options = resolve_options(flags);
  if (!options) return fail(options.error());
  configure_logging(options->log_level, options->log_format);
  block_signals();
  auto daemon = Daemon::start(std::move(*options), system_clock(),
                              [flags] { return resolve_options(flags); });
  if (!daemon) return fail(daemon.error());
  wait_for_stop([&] { reload_on_hangup(**daemon); });
  (*daemon)->stop();
  return 0;
}

int check(const Flags& flags) {
  auto options = resolve_options(flags);
  if (!options) return fail(options.error());
  auto checked = check_everything(*options);
  if (!checked) return fail(checked.error());
  std::puts(checked->c_str());
  return 0;
}

int print(const PrintAndExit& what) {
  std::fputs(what.text.c_str(), what.code == 0 ? stdout : stderr);
  return what.code;
}

int dispatch(const Command& command) {
  if (auto* what = std::get_if<PrintAndExit>(&command)) return print(*what);
  if (auto* what = std::get_if<CheckConfig>(&command)) return check(what->flags);
  return run(std::get<RunDaemon>(command).flags);
}

}  // namespace

}  // namespace sluice::server

int main(int argc, char** argv) {
  try {
    return sluice::server::dispatch(sluice::server::parse_command_line(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluiced: %s\n", error.what());
    return 1;
  }
}
