#include <pthread.h>

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/runtime/io_runtime.h"
#include "base/types/assert.h"

namespace sluice {

struct ThreadPool::Impl {
  const std::size_t queue_limit;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> queue;  // protected by mutex
  std::size_t idle = 0;                     // threads that wait; protected by mutex
  bool stopping = false;                    // protected by mutex
  std::vector<std::thread> threads;

  explicit Impl(std::size_t limit) : queue_limit(limit) {}

  // Waits for a task; empty when the pool stops and nothing is left.
  std::function<void()> take() {
    std::unique_lock lock(mutex);
    ++idle;
    wake.wait(lock, [this] { return stopping || !queue.empty(); });
    --idle;
    if (queue.empty()) return {};
    auto task = std::move(queue.front());
    queue.pop_front();
    return task;
  }

  // noexcept: an exception that reaches a pool thread is a bug and ends the process.
  void run() noexcept {
    while (auto task = take()) task();
  }
};

ThreadPool::ThreadPool(std::string name, std::size_t threads, std::size_t queue_limit)
    : impl_(std::make_unique<Impl>(queue_limit)) {
  SLUICE_ASSERT(threads > 0);
  name.resize(std::min<std::size_t>(name.size(), 15));  // the kernel's limit
  for (std::size_t i = 0; i < threads; ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
    pthread_setname_np(impl_->threads.back().native_handle(), name.c_str());
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  for (auto& thread : impl_->threads) thread.join();
}

bool ThreadPool::submit(std::function<void()> task) {
  SLUICE_ASSERT(task != nullptr);
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping || impl_->queue.size() >= impl_->queue_limit) return false;
    impl_->queue.push_back(std::move(task));
  }
  impl_->wake.notify_one();
  return true;
}

bool ThreadPool::submit_if_idle(std::function<void()> task) {
  SLUICE_ASSERT(task != nullptr);
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping || impl_->queue.size() >= impl_->idle) return false;
    impl_->queue.push_back(std::move(task));
  }
  impl_->wake.notify_one();
  return true;
}

std::size_t ThreadPool::queued() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->queue.size();
}

}  // namespace sluice
