// Waits for SIGINT/SIGTERM (stop), SIGHUP (reload) in a main thread that has nothing else to do.
#pragma once

#include <functional>

namespace sluice {

// Call once, before any thread starts: blocks the three signals in this and all later threads.
void block_signals();

// Sleeps until SIGINT or SIGTERM. Each SIGHUP calls on_hangup. After it returned, a second
// SIGINT/SIGTERM ends the process at once with 130 (the drain hangs and the user insists).
void wait_for_stop(const std::function<void()>& on_hangup);
// The same from inside (tests, an internal fatal condition): makes wait_for_stop return.
void request_stop();

}  // namespace sluice
