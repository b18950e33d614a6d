// run_team: one piece of work done by several threads: the caller, and threads of a pool that have
// nothing else to do.
#pragma once

#include <cstddef>
#include <functional>

namespace sluice {
class ThreadPool;
}

namespace sluice::query {

// Calls work() here and on at most `workers - 1` idle threads of the pool (which may be null) at
// the same time; returns once all calls have returned. A thread of the pool that turns out to have
// other work is not waited for.
void run_team(ThreadPool* pool, std::size_t workers, const std::function<void()>& work);

}  // namespace sluice::query
