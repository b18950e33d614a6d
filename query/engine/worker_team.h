// run_team: one piece of work done by several threads: the caller, and threads of a pool that have
// nothing else to do.
#pragma once

#include <cstddef>
#include <functional>

namespace sluice {
class ThreadPool;
}

namespace sluice::query {

// Calls work() here and, at the same time, help() on at most `helpers` idle threads of the pool
// (which may be null); returns once all calls have returned. A thread of the pool that turns out to
// have other work is not waited for.
void run_team(ThreadPool* pool, std::size_t helpers, const std::function<void()>& work,
              const std::function<void()>& help);

}  // namespace sluice::query
