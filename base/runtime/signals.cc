#include "base/runtime/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstddef>
#include <new>
#include <thread>

#include "base/types/assert.h"

namespace sluice {

namespace {

sigset_t handled_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, s);
  return set;
}

int wait_for_one() {
  const sigset_t set = handled_signals();
  int signal = 0;
  SLUICE_ASSERT(sigwait(&set, &signal) == 0);
  return signal;
}

// Makes good on "a second signal ends the process". The thread waits for as long as the process
// lives, so its handle is never destroyed: it lies in storage without a destructor.
void exit_on_second_signal() {
  alignas(std::thread) static std::byte watcher[sizeof(std::thread)];
  new (watcher) std::thread([] {
    while (wait_for_one() == SIGHUP) {
    }
    _exit(130);
  });
}

}  // namespace

void block_signals() {
  const sigset_t set = handled_signals();
  SLUICE_ASSERT(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  // A peer that goes away is an error code of the write, not the end of the process.
  ::signal(SIGPIPE, SIG_IGN);
}

void wait_for_stop(const std::function<void()>& on_hangup) {
  while (wait_for_one() == SIGHUP) {
    if (on_hangup) on_hangup();
  }
  exit_on_second_signal();
}

void request_stop() { ::kill(::getpid(), SIGTERM); }

}  // namespace sluice
