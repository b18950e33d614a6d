#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "base/runtime/signals.h"
#include "base/telemetry/log.h"
#include "query/cli/app.h"

namespace {

using namespace sluice;

// Sleeps until the time is over or Ctrl-C.
void sleep_until_stopped(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

int main(int argc, char** argv) {
  block_signals();
  // The reader of our output went away: end at once and quietly, like any filter.
  ::signal(SIGPIPE, SIG_DFL);
  std::ios::sync_with_stdio(false);
  configure_logging(LogLevel::error, LogFormat::logfmt);

  std::stop_source stop;
  std::jthread signals([&stop] {
    wait_for_stop(nullptr);
    stop.request_stop();
  });
  const std::stop_token token = stop.get_token();
  query::cli::World world{std::cout,
                          std::cerr,
                          std::cin,
                          ::isatty(STDOUT_FILENO) == 1,
                          system_clock(),
                          token,
                          [token](std::chrono::milliseconds t) { sleep_until_stopped(t, token); },
                          ::isatty(STDERR_FILENO) == 1};
  const auto code = query::cli::run({argv + 1, argv + argc}, std::move(world));
  request_stop();  // wakes the signal thread
  return static_cast<int>(code);
}
