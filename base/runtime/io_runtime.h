// IoRuntime: one io_context and the threads that run it, plus the pools for blocking work.
//
// No blocking call may run on an I/O thread. Pools have bounded queues: submit() returns false when
// the queue is full, and the caller answers 429. Destruction stops and joins everything.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace sluice {

struct RuntimeOptions {
  std::size_t io_threads = 2;
  std::size_t commit_threads = 16;  // parallel synced writers are what makes group commit fast
  std::size_t query_threads = 2;
  std::size_t queue_limit = 1024;  // waiting tasks per pool
};

// A fixed set of threads and a bounded FIFO queue. Exceptions end the process (a bug).
class ThreadPool {
 public:
  ThreadPool(std::string name, std::size_t threads, std::size_t queue_limit);
  ~ThreadPool();  // finishes what is queued, then joins
  bool submit(std::function<void()> task);
  // The same if a thread is idle and nothing waits for it; for work that can go on without.
  bool submit_if_idle(std::function<void()> task);
  std::size_t queued() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class IoRuntime {
 public:
  explicit IoRuntime(RuntimeOptions options);
  ~IoRuntime();
  boost::asio::io_context& context();
  ThreadPool& commit_pool();
  ThreadPool& query_pool();
  void stop();  // stops the io_context; pools finish; idempotent

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
