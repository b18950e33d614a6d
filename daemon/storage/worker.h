// Worker: one background thread that runs a job whenever it is woken. Wake-ups while the job runs
// make it run once more. The destructor waits for a running job.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace sluice::storage {

class Worker {
 public:
  explicit Worker(std::function<void()> job) : job_(std::move(job)), thread_([this] { run(); }) {}
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void wake() {
    {
      const std::lock_guard lock(mutex_);
      due_ = true;
    }
    wake_.notify_one();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return due_ || stopping_; });
      if (stopping_) return;
      due_ = false;
      lock.unlock();
      job_();
      lock.lock();
    }
  }

  const std::function<void()> job_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool due_ = false;       // protected by mutex_
  bool stopping_ = false;  // protected by mutex_
  std::thread thread_;     // last: starts when all else is there
};

}  // namespace sluice::storage
