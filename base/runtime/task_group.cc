#include "base/runtime/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <map>
#include <mutex>

#include "base/telemetry/log.h"
#include "base/types/assert.h"

namespace sluice {

namespace asio = boost::asio;

struct TaskGroup::Impl {
  // A signal serves one task only: a slot holds one handler, a second would replace the first.
  struct Task {
    asio::any_io_executor executor;
    std::shared_ptr<asio::cancellation_signal> signal;
    bool started = false;    // the signal's slot is connected, and may be emitted to
    bool cancelled = false;  // before it was started

    // Signals are not thread-safe; each is emitted where its task runs.
    void cancel() {
      cancelled = true;
      if (!started) return;
      asio::post(executor, [s = signal] { s->emit(asio::cancellation_type::terminal); });
    }
  };

  const std::string name;
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::map<std::size_t, Task> tasks;  // protected by mutex
  std::size_t next_id = 0;            // protected by mutex

  explicit Impl(std::string n) : name(std::move(n)) {}

  void started(std::size_t id) {
    const std::lock_guard lock(mutex);
    const auto it = tasks.find(id);
    if (it == tasks.end()) return;  // and finished
    it->second.started = true;
    if (it->second.cancelled) it->second.cancel();
  }

  void finished(std::size_t id, const std::exception_ptr& error) {
    if (error) report(error);
    const std::lock_guard lock(mutex);
    tasks.erase(id);
    changed.notify_all();
  }

  void report(const std::exception_ptr& error) const {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      log_error("task ended by an exception", {{"group", name}, {"error", e.what()}});
    }
  }
};

TaskGroup::TaskGroup(std::string name) : impl_(std::make_shared<Impl>(std::move(name))) {}

TaskGroup::~TaskGroup() { SLUICE_ASSERT(size() == 0); }

void TaskGroup::spawn(const asio::any_io_executor& executor, asio::awaitable<void> task) {
  auto signal = std::make_shared<asio::cancellation_signal>();
  std::size_t id = 0;
  {
    const std::lock_guard lock(impl_->mutex);
    id = impl_->next_id++;
    impl_->tasks.emplace(id, Impl::Task{executor, signal});
  }
  // The handler keeps the signal alive for as long as its slot is in use.
  auto done = [impl = impl_, id, signal](const std::exception_ptr& error) {
    impl->finished(id, error);
  };
  asio::co_spawn(executor, std::move(task),
                 asio::bind_cancellation_slot(signal->slot(), std::move(done)));
  impl_->started(id);
}

void TaskGroup::cancel() {
  const std::lock_guard lock(impl_->mutex);
  for (auto& [id, task] : impl_->tasks) task.cancel();
}

std::size_t TaskGroup::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->tasks.size();
}

bool TaskGroup::wait_until(std::chrono::steady_clock::time_point deadline) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_until(lock, deadline, [this] { return impl_->tasks.empty(); });
}

void TaskGroup::wait() const {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [this] { return impl_->tasks.empty(); });
}

}  // namespace sluice
