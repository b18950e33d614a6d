// sluiced: parse the command line, start the daemon, wait for a signal, stop.
#include <malloc.h>

#include <cstdio>
#include <exception>

#include "base/runtime/signals.h"
#include "base/telemetry/log.h"
#include "daemon/server/check.h"
#include "daemon/server/daemon.h"
#include "daemon/server/flags.h"
#include "daemon/storage/copy_store.h"

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

int print_report(const storage::CheckReport& report) {
  for (const auto& problem : report.problems)
    std::fprintf(stderr, "damaged: %s\n", problem.c_str());
  std::puts(storage::to_text(report).c_str());
  return report.sound() ? 0 : 1;
}

int check_store(const CheckStore& what) {
  auto options = resolve_options(what.flags);
  if (!options) return fail(options.error());
  const auto report = storage::check_directory(options->storage.path);
  return report ? print_report(*report) : fail(report.error());
}

int back_up(const BackUpStore& what) {
  auto options = resolve_options(what.flags);
  if (!options) return fail(options.error());
  const auto made = storage::backup_directory(options->storage.path, what.backup);
  if (!made) return fail(made.error());
  std::printf("%s: %llu files, %llu bytes\n", made->path.c_str(),
              static_cast<unsigned long long>(made->files),
              static_cast<unsigned long long>(made->bytes));
  return 0;
}

int restore(const RestoreStore& what) {
  auto options = resolve_options(what.flags);
  if (!options) return fail(options.error());
  const auto report = storage::restore_directory(what.backup, options->storage.path);
  return report ? print_report(*report) : fail(report.error());
}

// glibc gives threads arenas of their own, up to eight per core, and each keeps what was freed in
// it: with a pool of threads that each decode pushes of megabytes, hundreds of megabytes.
void share_memory_between_threads() {
  constexpr int arenas = 2;
  mallopt(M_ARENA_MAX, arenas);
}

// By default what is large is given back to the kernel when freed, to be cleared and mapped anew
// for the next push or row group. Buffers of usual pushes are below the first bound; the second is
// what may lie unused.
void keep_large_buffers() {
  constexpr int mapped_alone = 4 << 20;
  constexpr int kept = 16 << 20;
  mallopt(M_MMAP_THRESHOLD, mapped_alone);
  mallopt(M_TRIM_THRESHOLD, kept);
}

int dispatch(const Command& command) {
  if (auto* what = std::get_if<PrintAndExit>(&command)) return print(*what);
  if (auto* what = std::get_if<CheckConfig>(&command)) return check(what->flags);
  configure_logging(LogLevel::warn, LogFormat::logfmt);
  if (auto* what = std::get_if<CheckStore>(&command)) return check_store(*what);
  if (auto* what = std::get_if<BackUpStore>(&command)) return back_up(*what);
  if (auto* what = std::get_if<RestoreStore>(&command)) return restore(*what);
  return run(std::get<RunDaemon>(command).flags);
}

}  // namespace

}  // namespace sluice::server

int main(int argc, char** argv) {
  try {
    sluice::server::share_memory_between_threads();
    sluice::server::keep_large_buffers();
    return sluice::server::dispatch(sluice::server::parse_command_line(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluiced: %s\n", error.what());
    return 1;
  }
}
