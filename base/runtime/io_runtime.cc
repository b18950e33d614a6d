#include "base/runtime/io_runtime.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <mutex>
#include <thread>
#include <vector>

namespace sluice {

struct IoRuntime::Impl {
  boost::asio::io_context context;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  ThreadPool commit;
  ThreadPool query;
  std::vector<std::thread> io_threads;
  std::once_flag stopped;

  explicit Impl(const RuntimeOptions& options)
      : context(static_cast<int>(options.io_threads)),
        commit("commit", options.commit_threads, options.queue_limit),
        query("query", options.query_threads, options.queue_limit) {
    for (std::size_t i = 0; i < options.io_threads; ++i) {
      // noexcept: task roots catch what a session may throw; what gets here is a bug.
      io_threads.emplace_back([this]() noexcept { context.run(); });
      pthread_setname_np(io_threads.back().native_handle(), "io");
    }
  }

  void stop() {
    std::call_once(stopped, [this] {
      work.reset();
      context.stop();
      for (auto& thread : io_threads) thread.join();
    });
  }
};

IoRuntime::IoRuntime(RuntimeOptions options) : impl_(std::make_unique<Impl>(options)) {}

IoRuntime::~IoRuntime() { stop(); }

boost::asio::io_context& IoRuntime::context() { return impl_->context; }
ThreadPool& IoRuntime::commit_pool() { return impl_->commit; }
ThreadPool& IoRuntime::query_pool() { return impl_->query; }
void IoRuntime::stop() { impl_->stop(); }

}  // namespace sluice
