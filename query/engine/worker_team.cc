#include "query/engine/worker_team.h"

#include <condition_variable>
#include <memory>
#include <mutex>

#include "base/runtime/io_runtime.h"

namespace sluice::query {

namespace {

// Shared with the tasks, which may start when the caller is done and gone.
class Team {
 public:
  // False: the work is over.
  bool enter() {
    const std::lock_guard lock(mutex_);
    if (over_) return false;
    ++inside_;
    return true;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    if (--inside_ == 0) left_.notify_all();
  }
  // Nobody enters any more; waits for those inside.
  void end() {
    std::unique_lock lock(mutex_);
    over_ = true;
    left_.wait(lock, [this] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  std::size_t inside_ = 0;
  bool over_ = false;
};

}  // namespace

void run_team(ThreadPool* pool, std::size_t helpers, const std::function<void()>& work,
              const std::function<void()>& help) {
  if (pool == nullptr || helpers == 0) return work();
  const auto team = std::make_shared<Team>();
  const auto task = [team, &help] {
    if (!team->enter()) return;
    help();
    team->leave();
  };
  for (std::size_t i = 0; i < helpers; ++i)
    if (!pool->submit_if_idle(task)) break;
  work();
  team->end();
}

}  // namespace sluice::query
